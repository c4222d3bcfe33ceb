/** The map of styles: the plane that the examples' styles span, and the image in the styles of a grid on it. */
import { computed, effect, signal } from '@preact/signals';
import { target } from '../../direction.js';
import { bitmapOf } from '../../image/bitmap.js';
import { examples } from '../../image/library.js';
import type { LibraryImage } from '../../image/libraryImage.js';
import { model } from '../../model/session.js';
import { type Code, rounded, withLocks } from '../../styles/codes.js';
import { codeAt, type Place, placeOf, type Plane, planeOf } from '../../styles/plane.js';
import { locks, randomCodes, setStyle, style, styleDim } from '../../styles/style.js';
import { Batch } from '../../translate/batch.js';
import { queue } from '../../translate/contents.js';
import { subject } from '../../translate/request.js';
import { side } from '../../translate/side.js';
import { priorities } from '../../workers/queue.js';
import { view } from '../../view.js';

/** As far as the map reaches, in standard deviations. */
export const MAP_REACH = 2;
/** Images along a side of the map. */
export const MAP_CELLS = 5;
/** Examples that are encoded at most. */
const MOST_EXAMPLES = 24;
/** Styles drawn at random, where a model encodes none or there are too few examples. */
export const RANDOM = 200;
const FEWEST = 4;

const KEY = 'munit-studio-map';

/** Storage may be blocked: then it is closed at every visit. */
function wasOpen(): boolean {
  try {
    return localStorage.getItem(KEY) === 'open';
  } catch {
    return false;
  }
}

export const mapOpen = signal(wasOpen());

export function toggleMap(): void {
  mapOpen.value = !mapOpen.peek();
  try {
    localStorage.setItem(KEY, mapOpen.peek() ? 'open' : 'closed');
  } catch {
    // Storage is blocked.
  }
}

/** An example and where its style lies. */
export interface MapMark {
  readonly name: string;
  readonly code: Code;
}

interface StyleMap {
  readonly plane: Plane;
  /** Empty where the plane is that of random styles. */
  readonly marks: readonly MapMark[];
}

export const styleMap = signal<StyleMap | undefined>(undefined);
export const mapPictures = new Batch(priorities.frames);

/** Where the style in use lies; beyond the edge it is at the edge. */
export const mapPlace = computed<Place | undefined>(() => {
  const plane = styleMap.value?.plane;
  if (plane === undefined || plane.centre.length !== style.value.length) return undefined;
  const { x, y } = placeOf(plane, style.value);
  return { x: within(x), y: within(y) };
});

const within = (value: number): number => Math.min(MAP_REACH, Math.max(-MAP_REACH, value));

/** Takes the style at a place. */
export function takePlace({ x, y }: Place): void {
  const plane = styleMap.peek()?.plane;
  if (plane !== undefined) setStyle(withLocks(codeAt(plane, { x: within(x), y: within(y) }), style.peek(), locks.peek()));
}

/** Places of the grid, row by row from the top left. */
export const cellPlaces: readonly Place[] = Array.from({ length: MAP_CELLS ** 2 }, (_, i) => ({
  x: ((2 * ((i % MAP_CELLS) + 0.5)) / MAP_CELLS - 1) * MAP_REACH,
  y: (1 - (2 * (Math.floor(i / MAP_CELLS) + 0.5)) / MAP_CELLS) * MAP_REACH,
}));

async function encoded(images: readonly LibraryImage[], current: () => boolean): Promise<MapMark[]> {
  const loaded = model.peek();
  const marks: MapMark[] = [];
  for (const image of images) {
    if (loaded === undefined || !current()) return [];
    const bitmap = await bitmapOf(image, side.peek());
    const code = await queue.run(priorities.frames, () => loaded.translator.styleOf(bitmap, { domain: target.peek() }));
    marks.push({ name: image.name, code: rounded(code) });
  }
  return marks;
}

async function make(images: readonly LibraryImage[], current: () => boolean): Promise<void> {
  const marks = images.length < FEWEST ? [] : await encoded(images, current).catch(() => []);
  if (!current()) return;
  const plane = planeOf(marks.map(({ code }) => code));
  const random = plane === undefined ? planeOf(randomCodes(styleDim.peek(), RANDOM, 1)) : undefined;
  styleMap.value = plane !== undefined ? { plane, marks } : random && { plane: random, marks: [] };
}

/** Makes the map while it is open, and again for another model or direction. @returns a function that ends that */
export function startMap(): () => void {
  let turn = 0;
  let planned = '';
  let shown = '';
  let mapped = '';
  const ends = [
    effect(() => {
      const now = model.value;
      if (!mapOpen.value || view.value !== 'translate' || now === undefined || styleDim.value < 2) return;
      const images = now.translator.takesExamples(target.value) ? examples.value.slice(0, MOST_EXAMPLES) : [];
      const key = JSON.stringify([now.epoch, target.value, images.map(({ key }) => key)]);
      if (key === planned) return;
      planned = key;
      const mine = ++turn;
      // Styles of another model, or of the other domain, are not on the same map.
      const whose = `${now.epoch} ${target.value}`;
      if (whose !== mapped) styleMap.value = undefined;
      mapped = whose;
      void make(images, () => turn === mine);
    }),
    effect(() => {
      const [now, map] = [subject.value, styleMap.value];
      if (!mapOpen.value || view.value !== 'translate' || now === undefined || map === undefined || map.plane.centre.length !== styleDim.value) return;
      const key = JSON.stringify([now.model.epoch, now.image.key, now.side, now.to, map.plane]);
      if (key === shown) return;
      shown = key;
      void mapPictures.start(cellPlaces.map((place) => ({ ...now, style: codeAt(map.plane, place) })), { keepOld: true });
    }),
  ];
  return () => ends.forEach((end) => end());
}
