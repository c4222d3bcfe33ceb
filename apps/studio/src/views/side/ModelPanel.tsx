import { useSignal } from '@preact/signals';
import { bundledModels, bundledName, kindName } from '../../model/bundled.js';
import { nameOf } from '../../model/choice.js';
import { cancelLoading, failure, loading, loadModel, model, proposed } from '../../model/session.js';
import { source, swap, target } from '../../direction.js';
import { allowsWebAssembly } from '../../device/words.js';
import { Button } from '../../ui/Button.js';
import { Panel } from '../../ui/Panel.js';
import { Progress } from '../../ui/Progress.js';
import { ExportDialog } from './ExportDialog.js';
import { ModelDialog } from './ModelDialog.js';
import { words } from '../../words/words.js';

/** Which model is in use, and which way it goes. */
export function ModelPanel() {
  const open = useSignal(false);
  const exporting = useSignal(false);
  const now = model.value;
  const coming = loading.value;
  const { device, model: said } = words.value;
  return (
    <Panel title={said.title} actions={<Button kind="plain" label={now === undefined ? said.choose : said.change} onClick={() => (open.value = true)} />}>
      {coming !== undefined && (
        <div class="row">
          <div class="grow">
            <Progress label={coming.label} value={coming.fraction} />
          </div>
          <Button kind="plain" icon="close" iconOnly label={said.stopLoading} onClick={cancelLoading} />
        </div>
      )}
      <Proposed />
      {coming === undefined && now === undefined && failure.value !== undefined && <p class="problem">{failure.value.error.message}</p>}
      {now === undefined && coming === undefined && failure.value === undefined && proposed.value === undefined && <p class="small">{said.none}</p>}
      {now?.translator.device.taken === 'cpu' && !allowsWebAssembly() && <p class="problem">{device.wasmBlocked}</p>}
      {now !== undefined && <DirectionSwitch name={nameOf(now.choice)} onExport={() => (exporting.value = true)} />}
      {exporting.value && now !== undefined && <ExportDialog model={now} onClose={() => (exporting.value = false)} />}
      {open.value && <ModelDialog onClose={() => (open.value = false)} />}
    </Panel>
  );
}

/** A link may name a model anywhere in the web: nothing is fetched from there before its user agrees. */
function Proposed() {
  const choice = proposed.value;
  if (choice === undefined) return null;
  const said = words.value.model;
  const host = choice.address.startsWith('hf:') ? 'huggingface.co' : new URL(choice.address).host;
  return (
    <div class="stack" role="group" aria-label={said.proposed}>
      <p class="small wraps">
        {said.proposedBefore}
        <strong>{host}</strong>
        {said.proposedAfter(choice.address)}
      </p>
      <div class="row">
        <Button kind="primary" label={said.fetch} onClick={() => void loadModel(choice)} />
        <Button label={said.use(bundledName(bundledModels[0].id))} onClick={() => void loadModel({ kind: 'bundled', id: bundledModels[0].id })} />
      </div>
    </div>
  );
}

function DirectionSwitch({ name, onExport }: { readonly name: string; readonly onExport: () => void }) {
  const { translator } = model.value!;
  const { domains, styleDim, kind } = translator;
  const said = words.value.model;
  const [from, to] = [kindName(domains[source.value].name), kindName(domains[target.value].name)];
  return (
    <>
      <div class="model-row">
        <p class="model-name">
          <strong>{name}</strong>
          <span class="small">{styleDim > 0 ? said.withStyles(kind, styleDim) : said.withoutStyles(kind)}</span>
        </p>
        <Button kind="plain" icon="export" iconOnly label={said.export} onClick={onExport} />
      </div>
      <div class="direction">
        <span>{from}</span>
        {translator.makes(source.value) && <Button kind="plain" icon="swap" iconOnly label={said.swap(to, from)} onClick={swap} />}
        <span>{to}</span>
      </div>
    </>
  );
}
