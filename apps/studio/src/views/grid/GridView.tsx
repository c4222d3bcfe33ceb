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

/** Every image in every style. */
export function GridView() {
  if (model.value === undefined) return <p class="stage-empty">Choose a model to begin.</p>;
  return (
    <div class="translate">
      <section class="panel" aria-label="Images and styles">
        <Table />
        <SheetProgress />
      </section>
      <Panel title="Grid">
        <Slider label="Images" value={rows.value.length} min={1} max={Math.min(8, inputs.value.length)} step={1} digits={0} onInput={(value) => (rowCount.value = Math.round(value))} />
        {styleDim.value > 0 && (
          <>
            <Slider label="Styles" value={columnCount.value} min={1} max={10} step={1} digits={0} onInput={(value) => (columnCount.value = Math.round(value))} />
            <Button icon="dice" label="New styles" onClick={() => (seed.value = freshSeed())} />
          </>
        )}
        <Button icon="download" label="Save as PNG" disabled={sheet.state.value.running || sheet.state.value.done < sheet.state.value.pictures.length || sheet.state.value.done === 0} onClick={() => void saveSheet()} />
        <p class="small">{styleDim.value > 0 && 'The first column is your style. '}Choose an image to work on it.</p>
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
              <button type="button" class="tile" aria-label={`${image.name} in style ${column + 1}`} onClick={() => open(row, column)}>
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
  if (problem !== undefined) {
    return (
      <div class="row">
        <p class="small grow" role="status">
          {problem} {done} of {pictures.length} images are here.
        </p>
        <Button icon="play" label="Continue" onClick={() => void sheet.again()} />
      </div>
    );
  }
  if (!running) return null;
  return (
    <div class="row">
      <div class="grow">
        <Progress label={`Image ${done + 1} of ${pictures.length}`} value={done / pictures.length} />
      </div>
      <Button icon="stop" label="Stop" onClick={() => sheet.stop()} />
    </div>
  );
}
