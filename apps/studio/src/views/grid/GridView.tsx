import { choose, inputs } from '../../image/library.js';
import { model } from '../../model/session.js';
import { freshSeed, seed, setStyle, styleDim } from '../../styles/style.js';
import { Button } from '../../ui/Button.js';
import { Panel } from '../../ui/Panel.js';
import { PictureCanvas } from '../../ui/PictureCanvas.js';
import { Progress } from '../../ui/Progress.js';
import { Slider } from '../../ui/Slider.js';
import { Thumb } from '../side/Thumb.js';
import { view } from '../../view.js';
import { columnCount, columns, rowCount, rows, sheet } from './sheet.js';
import { saveSheet } from './saveSheet.js';
import { problemText } from '../../translate/batch.js';
import { words } from '../../words/words.js';

/** Every image in every style. */
export function GridView() {
  if (model.value === undefined) return <p class="stage-empty">{words.value.common.chooseModel}</p>;
  const { common, grid: said } = words.value;
  return (
    <div class="translate">
      <section class="panel" aria-label={said.region}>
        <Table />
        <SheetProgress />
      </section>
      <Panel title={said.title}>
        <Slider label={common.images} value={rows.value.length} min={1} max={Math.min(8, inputs.value.length)} step={1} digits={0} onInput={(value) => (rowCount.value = Math.round(value))} />
        {styleDim.value > 0 && (
          <>
            <Slider label={common.styles} value={columnCount.value} min={1} max={10} step={1} digits={0} onInput={(value) => (columnCount.value = Math.round(value))} />
            <Button icon="dice" label={common.newStyles} onClick={() => (seed.value = freshSeed())} />
          </>
        )}
        <Button icon="download" label={said.save} disabled={sheet.state.value.running || sheet.state.value.done < sheet.state.value.pictures.length || sheet.state.value.done === 0} onClick={() => void saveSheet()} />
        <p class="small">{styleDim.value > 0 && said.first}{said.choose}</p>
      </Panel>
    </div>
  );
}

function Table() {
  const { pictures } = sheet.state.value;
  const open = (row: number, column: number): void => {
    choose(rows.value[row]!.id);
    setStyle(columns.value[column]!);
    view.value = 'translate';
  };
  return (
    <div class="sheet" style={{ '--columns': String(columns.value.length + 1) }}>
      {rows.value.map((image, row) => (
        <ul key={image.id} class="sheet-row" aria-label={image.name}>
          <Thumb image={image} pressed={false} onClick={() => open(row, 0)} />
          {columns.value.map((_, column) => (
            <li key={column}>
              <button type="button" class="tile" aria-label={words.value.grid.inStyle(image.name, column + 1)} onClick={() => open(row, column)}>
                <PictureCanvas picture={pictures[row * columns.value.length + column]} />
              </button>
            </li>
          ))}
        </ul>
      ))}
    </div>
  );
}

function SheetProgress() {
  const { running, done, pictures, problem } = sheet.state.value;
  const { common } = words.value;
  if (problem !== undefined) {
    return (
      <div class="row">
        <p class="small grow" role="status">
          {problemText(problem)} {common.imagesHere(done, pictures.length)}
        </p>
        <Button icon="play" label={common.continue} onClick={() => void sheet.again()} />
      </div>
    );
  }
  if (!running) return null;
  return (
    <div class="row">
      <div class="grow">
        <Progress label={common.imageOf(done + 1, pictures.length)} value={done / pictures.length} />
      </div>
      <Button icon="stop" label={common.stop} onClick={() => sheet.stop()} />
    </div>
  );
}
