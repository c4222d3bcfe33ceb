import { useRef } from 'preact/hooks';
import { placeOf } from '../../styles/plane.js';
import { PictureCanvas } from '../../ui/PictureCanvas.js';
import { MAP_CELLS, MAP_REACH, mapPictures, mapPlace, RANDOM, styleMap, takePlace } from './map.js';
import { decimal } from '../../ui/numbers.js';
import { words } from '../../words/words.js';

/** How far an arrow key goes, and with Shift, in standard deviations. */
const STEP = 0.1;
const LEAP = 0.5;

const arrows: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Parts of the width and height, from the top left. */
const at = (x: number, y: number) => ({ left: `${50 * (1 + x / MAP_REACH)}%`, top: `${50 * (1 - y / MAP_REACH)}%` });
const seen = (value: number): boolean => Math.abs(value) <= MAP_REACH;

/** The plane of styles, dragged with the pointer and with arrow keys. */
export function StyleMap() {
  const ref = useRef<HTMLDivElement>(null);
  const map = styleMap.value;
  const place = mapPlace.value;
  if (map === undefined || place === undefined) return <p class="small">{words.value.map.making}</p>;
  const take = (event: PointerEvent): void => {
    const box = ref.current!.getBoundingClientRect();
    takePlace({ x: ((2 * (event.clientX - box.left)) / box.width - 1) * MAP_REACH, y: (1 - (2 * (event.clientY - box.top)) / box.height) * MAP_REACH });
  };
  const begin = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    ref.current!.setPointerCapture(event.pointerId);
    ref.current!.querySelector<HTMLElement>('.map-point')?.focus();
    event.preventDefault();
    take(event);
  };
  const key = (event: KeyboardEvent): void => {
    const [right, up] = arrows[event.key] ?? [0, 0];
    const step = event.shiftKey ? LEAP : STEP;
    if (event.key === 'Home') takePlace({ x: 0, y: 0 });
    else if (right === 0 && up === 0) return;
    else takePlace({ x: place.x + step * right, y: place.y + step * up });
    event.preventDefault();
  };
  const { pictures } = mapPictures.state.value;
  const said = words.value.map;
  return (
    <div class="stack">
      {/* oxlint-disable-next-line jsx_a11y/no-static-element-interactions -- keys have the point on it */}
      <div class="map" ref={ref} onPointerDown={begin} onPointerMove={(event) => ref.current!.hasPointerCapture(event.pointerId) && take(event)}>
        <div class="map-cells" style={{ '--cells': String(MAP_CELLS) }} aria-hidden="true">
          {Array.from({ length: MAP_CELLS ** 2 }, (_, i) => (
            <PictureCanvas key={i} picture={pictures[i]} />
          ))}
        </div>
        {map.marks.map(({ name, code }, i) => {
          const { x, y } = placeOf(map.plane, code);
          return seen(x) && seen(y) && <span key={i} class="map-mark" title={name} style={at(x, y)} aria-hidden="true" />;
        })}
        <div
          class="map-point"
          role="slider"
          tabIndex={0}
          aria-label={said.place}
          aria-valuemin={-MAP_REACH}
          aria-valuemax={MAP_REACH}
          aria-valuenow={Number(place.x.toFixed(2))}
          aria-valuetext={said.at(decimal(place.x, 1), decimal(place.y, 1))}
          style={at(place.x, place.y)}
          onKeyDown={key}
        />
      </div>
      <p class="small">
        {map.marks.length > 0 ? said.ofExamples : said.ofRandom(RANDOM)} {said.drag}
      </p>
    </div>
  );
}
