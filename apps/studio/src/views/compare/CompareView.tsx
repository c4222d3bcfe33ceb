import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { target } from '../../direction.js';
import { bundledModels, bundledName } from '../../model/bundled.js';
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
import { problemText } from '../../translate/batch.js';
import { words } from '../../words/words.js';

/** Two models, or two checkpoints of one, on the same images in the same styles. */
export function CompareView() {
  useEffect(() => closeOther, []);
  if (model.value === undefined) return <p class="stage-empty">{words.value.common.chooseModel}</p>;
  const other = otherModel.value;
  const wrongWay = other !== undefined && !other.translator.makes(target.value);
  return (
    <div class="translate">
      <section class="panel" aria-label={words.value.compare.region}>
        {otherLoading.value !== undefined && <Progress label={otherLoading.value.label} value={otherLoading.value.fraction} />}
        {other === undefined ? otherLoading.value === undefined && <p class="stage-empty">{words.value.compare.second}</p> : wrongWay ? <p class="problem">{words.value.compare.wrongWay(nameOf(other.choice))}</p> : <Table />}
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
  const { pictures, running, done, problem } = comparison.state.value;
  const names = [nameOf(model.value!.choice), nameOf(otherModel.value!.choice)] as const;
  const { common, compare: said } = words.value;
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
                  <PictureCanvas picture={pictures[row * width + column]} label={column < mine.length ? said.cell(image.name, names[0], column + 1) : said.cell(image.name, names[1], column - mine.length + 1)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {running && <Progress label={common.imageOf(done + 1, pictures.length)} value={done / pictures.length} />}
      {problem !== undefined && (
        <div class="row">
          <p class="small grow" role="alert">
            {problemText(problem)} {common.imagesHere(done, pictures.length)}
          </p>
          <Button icon="play" label={common.continue} onClick={() => void comparison.again()} />
        </div>
      )}
      {!sameLength.value && <p class="small">{said.otherLength}</p>}
    </>
  );
}

function Settings() {
  const { common, compare: said } = words.value;
  return (
    <Panel title={said.title}>
      <Slider label={common.images} value={images.value.length} min={1} max={Math.min(6, inputs.value.length)} step={1} digits={0} onInput={(value) => (imageCount.value = Math.round(value))} />
      <Slider label={common.styles} value={styleCount.value} min={1} max={4} step={1} digits={0} onInput={(value) => (styleCount.value = Math.round(value))} />
      <Button icon="dice" label={common.newStyles} onClick={() => (seed.value = freshSeed())} />
      <p class="small">{said.about}</p>
    </Panel>
  );
}

function Chooser() {
  useEffect(() => void lookForModels(), []);
  const busy = useSignal(false);
  // An archive is unpacked while people go elsewhere: the view has ended its second model then.
  const take = (choice: ModelChoice): void => {
    if (view.peek() === 'compare') void loadOther(choice);
  };
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
  const { common, compare: said } = words.value;
  return (
    <Panel title={said.chooser}>
      <ul class="row" aria-label={said.list}>
        {bundledModels.map(({ id }) => (
          <li key={id}>
            <Button label={bundledName(id)} pressed={otherModel.value?.choice.kind === 'bundled' && otherModel.value.choice.id === id} onClick={() => take({ kind: 'bundled', id })} />
          </li>
        ))}
        {keptModels.value.map(({ id, name }) => (
          <li key={id}>
            <Button label={name} onClick={() => kept(id)} />
          </li>
        ))}
      </ul>
      <DropZone label={said.drop} onFiles={(list) => void files(list)}>
        <div class="row">
          <Button icon="folder" label={common.pickFolder} disabled={busy.value} onClick={() => void pickFiles({ folder: true }).then(files)} />
          <Button icon="file" label={common.pickFile} disabled={busy.value} onClick={() => void pickFiles({ accept: '.pt,.pth,.safetensors,.zip' }).then(files)} />
        </div>
      </DropZone>
    </Panel>
  );
}
