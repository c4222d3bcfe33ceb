import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { target } from '../../direction.js';
import { bundledModels } from '../../model/bundled.js';
import { choiceOfFiles, type ModelChoice, nameOf } from '../../model/choice.js';
import { keptModel, keptModels, lookForModels } from '../../model/kept.js';
import { model } from '../../model/session.js';
import { choiceOfZip, isZip } from '../../model/zip.js';
import { freshSeed, seed } from '../../styles/style.js';
import { Button } from '../../ui/Button.js';
import { DropZone } from '../../ui/DropZone.js';
import { pickFiles } from '../../ui/files.js';
import { notifyError } from '../../ui/notices.js';
import { Panel } from '../../ui/Panel.js';
import { PictureCanvas } from '../../ui/PictureCanvas.js';
import { Progress } from '../../ui/Progress.js';
import { Slider } from '../../ui/Slider.js';
import { Thumb } from '../side/Thumb.js';
import { columnsOf, comparison, imageCount, images, sameLength, styleCount } from './comparison.js';
import { closeOther, loadOther, otherLoading, otherModel } from './other.js';
import { choose, inputs } from '../../image/library.js';
import { view } from '../../view.js';

/** Two models, or two checkpoints of one, on the same images in the same styles. */
export function CompareView() {
  useEffect(() => closeOther, []);
  if (model.value === undefined) return <p class="stage-empty">Choose a model to begin.</p>;
  const other = otherModel.value;
  const wrongWay = other !== undefined && !other.translator.makes(target.value);
  return (
    <div class="translate">
      <section class="panel" aria-label="Two models">
        {otherLoading.value !== undefined && <Progress label={otherLoading.value.label} value={otherLoading.value.fraction} />}
        {other === undefined ? otherLoading.value === undefined && <p class="stage-empty">Choose a second model, and see both on the same images in the same styles.</p> : wrongWay ? <p class="problem">{nameOf(other.choice)} makes no such images: swap the direction under Model.</p> : <Table />}
      </section>
      <div class="stack-wide">
        <Chooser />
        {other !== undefined && !wrongWay && <Settings />}
      </div>
    </div>
  );
}

function Table() {
  const { mine, other } = columnsOf.value;
  const { pictures, running, done } = comparison.state.value;
  const names = [nameOf(model.value!.choice), nameOf(otherModel.value!.choice)] as const;
  const width = mine.length + other.length;
  const open = (id: string): void => {
    choose(id);
    view.value = 'translate';
  };
  return (
    <>
      <table class="comparison">
        <thead>
          <tr>
            <td />
            {([mine, other] as const).map((codes, i) => (
              <th key={i} scope="colgroup" colSpan={codes.length}>
                {names[i]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {images.value.map((image, row) => (
            <tr key={image.id}>
              <th scope="row">
                <ul>
                  <Thumb image={image} pressed={false} onClick={() => open(image.id)} />
                </ul>
              </th>
              {[...mine, ...other].map((_, column) => (
                <td key={column} data-first={column === mine.length}>
                  <PictureCanvas picture={pictures[row * width + column]} label={`${image.name} by ${column < mine.length ? names[0] : names[1]}, style ${(column % mine.length) + 1}`} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {running && <Progress label={`Image ${done + 1} of ${pictures.length}`} value={done / pictures.length} />}
      {!sameLength.value && <p class="small">These models have styles of different lengths: their columns do not show the same styles.</p>}
    </>
  );
}

function Settings() {
  return (
    <Panel title="Comparison">
      <Slider label="Images" value={images.value.length} min={1} max={Math.min(6, inputs.value.length)} step={1} digits={0} onInput={(value) => (imageCount.value = Math.round(value))} />
      <Slider label="Styles" value={styleCount.value} min={1} max={4} step={1} digits={0} onInput={(value) => (styleCount.value = Math.round(value))} />
      <Button icon="dice" label="New styles" onClick={() => (seed.value = freshSeed())} />
      <p class="small">The first style is yours; random ones are drawn from the same numbers for both.</p>
    </Panel>
  );
}

function Chooser() {
  useEffect(() => void lookForModels(), []);
  const busy = useSignal(false);
  const take = (choice: ModelChoice): void => void loadOther(choice);
  const files = async (list: readonly File[]): Promise<void> => {
    if (list.length === 0) return;
    busy.value = true;
    try {
      const archive = list.find(isZip);
      take(archive === undefined ? choiceOfFiles(list) : await choiceOfZip(archive));
    } catch (error) {
      notifyError(error);
    } finally {
      busy.value = false;
    }
  };
  const kept = (id: string): void => void keptModel(id).then((choice) => choice !== undefined && take(choice), notifyError);
  return (
    <Panel title="Compare with">
      <ul class="kept" aria-label="Models to compare with">
        {bundledModels.map(({ id, name }) => (
          <li key={id}>
            <Button label={name} pressed={otherModel.value?.choice.kind === 'bundled' && otherModel.value.choice.id === id} onClick={() => take({ kind: 'bundled', id })} />
          </li>
        ))}
        {keptModels.value.map(({ id, name }) => (
          <li key={id}>
            <Button label={name} onClick={() => kept(id)} />
          </li>
        ))}
      </ul>
      <DropZone label="Drop a model to compare with" onFiles={(list) => void files(list)}>
        <div class="row">
          <Button icon="folder" label="Pick a folder" disabled={busy.value} onClick={() => void pickFiles({ folder: true }).then(files)} />
          <Button icon="file" label="Pick a file" disabled={busy.value} onClick={() => void pickFiles({ accept: '.pt,.pth,.safetensors,.zip' }).then(files)} />
        </div>
      </DropZone>
    </Panel>
  );
}
