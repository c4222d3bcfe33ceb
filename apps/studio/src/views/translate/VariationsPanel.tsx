import type { Code } from '../../styles/codes.js';
import { sameCode } from '../../styles/codes.js';
import { freshSeed, seed, setStyle, style, variations } from '../../styles/style.js';
import { blank } from '../../draw/drawing.js';
import { Button } from '../../ui/Button.js';
import { Panel } from '../../ui/Panel.js';
import { PictureCanvas } from '../../ui/PictureCanvas.js';
import { useRoving } from '../../ui/roving.js';
import { grid } from './variations.js';
import { words } from '../../words/words.js';

/** Random styles: click one to keep it. */
export function VariationsPanel() {
  const { pictures, running, done } = grid.state.value;
  const said = words.value.variations;
  return (
    <div class="variations">
    <Panel
      title={said.title}
      actions={
        <>
          <span class="small numbers" aria-live="polite">
            {running ? said.done(done, pictures.length) : ''}
          </span>
          {running && <Button kind="plain" icon="stop" iconOnly label={said.stop} onClick={() => grid.stop()} />}
          <Button icon="dice" label={words.value.common.newStyles} onClick={() => (seed.value = freshSeed())} />
        </>
      }
    >
      {blank.value ? <p class="small">{said.blank}</p> : <Tiles running={running} done={done} />}
    </Panel>
    </div>
  );
}

/** One stop for the Tab key; arrow keys move between them. */
function Tiles({ running, done }: { readonly running: boolean; readonly done: number }) {
  const roving = useRoving<HTMLDivElement>();
  return (
    <div class="tiles" role="group" aria-label={words.value.variations.list} {...roving}>
      {variations.value.map((code, i) => (
        <Tile key={i} index={i} code={code} fresh={!running || i < done} />
      ))}
    </div>
  );
}

function Tile({ index, code, fresh }: { readonly index: number; readonly code: Code; readonly fresh: boolean }) {
  return (
    <button type="button" class="tile" data-fresh={fresh} aria-pressed={sameCode(code, style.value)} aria-label={words.value.variations.style(index + 1)} onClick={() => setStyle(code)}>
      <PictureCanvas picture={grid.state.value.pictures[index]} />
    </button>
  );
}
