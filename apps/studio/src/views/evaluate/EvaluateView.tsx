import { target } from '../../direction.js';
import { evaluate, evaluating, evaluation, inputCount, measuredInputs, measuredStyles, realImages, stopEvaluation, styleCount } from '../../evaluate/evaluation.js';
import { inputs } from '../../image/library.js';
import { addPictures } from '../../incoming.js';
import { model } from '../../model/session.js';
import { styleDim } from '../../styles/style.js';
import { Button } from '../../ui/Button.js';
import { DropZone } from '../../ui/DropZone.js';
import { pickFiles } from '../../ui/files.js';
import { notifyError } from '../../ui/notices.js';
import { Panel } from '../../ui/Panel.js';
import { Progress } from '../../ui/Progress.js';
import { Slider } from '../../ui/Slider.js';
import { Exhibits } from './Exhibits.js';
import { Figures } from './Figures.js';
import { saveEvaluation } from './save.js';
import { kindName } from '../../model/bundled.js';
import { words } from '../../words/words.js';

/** What the model in use is worth, in figures, on the images that are loaded. */
export function EvaluateView() {
  if (model.value === undefined) return <p class="stage-empty">{words.value.common.chooseModel}</p>;
  const found = evaluation.value;
  return (
    <div class="translate">
      <section class="panel" aria-label={words.value.evaluate.region} aria-busy={evaluating.value !== undefined}>
        {found === undefined ? (
          <p class="stage-empty">{words.value.evaluate.about}</p>
        ) : (
          <>
            <Figures of={found} />
            <Exhibits of={found} />
          </>
        )}
      </section>
      <div class="stack-wide">
        <Settings />
        <Real />
      </div>
    </div>
  );
}

function Settings() {
  const running = evaluating.value;
  const { common, evaluate: said } = words.value;
  return (
    <Panel title={said.title}>
      <Slider label={common.images} value={measuredInputs.value.length} min={1} max={Math.min(100, inputs.value.length)} step={1} digits={0} onInput={(value) => (inputCount.value = Math.round(value))} />
      {styleDim.value > 0 && <Slider label={common.styles} value={measuredStyles.value} min={2} max={20} step={1} digits={0} onInput={(value) => (styleCount.value = Math.round(value))} />}
      {running === undefined ? (
        <div class="row">
          <Button kind="primary" icon="play" label={said.start} onClick={() => void evaluate()} />
          <Button icon="download" label={said.save} disabled={evaluation.value === undefined} onClick={() => saveEvaluation(evaluation.value!)} />
        </div>
      ) : (
        <div class="row">
          <div class="grow">
            <Progress label={running.label} value={running.fraction} />
          </div>
          <Button icon="stop" label={common.stop} onClick={stopEvaluation} />
        </div>
      )}
      <p class="small">{said.network}</p>
    </Panel>
  );
}

/** The images that translations are compared with. */
function Real() {
  const { name } = model.value!.translator.domains[target.value];
  const add = (files: readonly File[]): void => void addPictures(files, { domain: target.peek() }).catch(notifyError);
  const { common, evaluate: said } = words.value;
  return (
    <Panel title={said.real}>
      <p class="small">{said.realLoaded(realImages.value.length, kindName(name))}</p>
      <DropZone label={said.drop} onFiles={add}>
        <div class="row">
          <Button icon="folder" label={common.pickFolder} fullLabel={said.pickFolder} onClick={() => void pickFiles({ folder: true }).then(add)} />
          <Button icon="plus" label={said.add} fullLabel={said.addReal} onClick={() => void pickFiles({ accept: 'image/*', multiple: true }).then(add)} />
        </div>
      </DropZone>
    </Panel>
  );
}
