import { useSignal } from '@preact/signals';
import { bundledModels } from '../../model/bundled.js';
import { nameOf } from '../../model/choice.js';
import { cancelLoading, failure, loading, loadModel, model, proposed } from '../../model/session.js';
import { source, swap, target } from '../../direction.js';
import { allowsWebAssembly, WASM_BLOCKED } from '../../device/words.js';
import { Button } from '../../ui/Button.js';
import { Panel } from '../../ui/Panel.js';
import { Progress } from '../../ui/Progress.js';
import { ExportDialog } from './ExportDialog.js';
import { ModelDialog } from './ModelDialog.js';

/** Which model is in use, and which way it goes. */
export function ModelPanel() {
  const open = useSignal(false);
  const exporting = useSignal(false);
  const now = model.value;
  const coming = loading.value;
  return (
    <Panel title="Model" actions={<Button kind="plain" label={now === undefined ? 'Choose …' : 'Change …'} onClick={() => (open.value = true)} />}>
      {coming !== undefined && (
        <div class="row">
          <div class="grow">
            <Progress label={coming.label} value={coming.fraction} />
          </div>
          <Button kind="plain" icon="close" iconOnly label="Stop loading" onClick={cancelLoading} />
        </div>
      )}
      <Proposed />
      {coming === undefined && now === undefined && failure.value !== undefined && <p class="problem">{failure.value.error.message}</p>}
      {now === undefined && coming === undefined && failure.value === undefined && proposed.value === undefined && <p class="small">No model is loaded.</p>}
      {now?.translator.device.taken === 'cpu' && !allowsWebAssembly() && <p class="problem">{WASM_BLOCKED}</p>}
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
  const host = choice.address.startsWith('hf:') ? 'huggingface.co' : new URL(choice.address).host;
  return (
    <div class="stack" role="group" aria-label="The model of the link">
      <p class="small wraps">
        The link names a model on <strong>{host}</strong>: {choice.address}. That host learns that you fetch it, and nothing of your images.
      </p>
      <div class="row">
        <Button kind="primary" label="Fetch it" onClick={() => void loadModel(choice)} />
        <Button label={`Use ${bundledModels[0].name}`} onClick={() => void loadModel({ kind: 'bundled', id: bundledModels[0].id })} />
      </div>
    </div>
  );
}

function DirectionSwitch({ name, onExport }: { readonly name: string; readonly onExport: () => void }) {
  const { translator } = model.value!;
  const { domains, styleDim, kind } = translator;
  return (
    <>
      <div class="model-row">
        <p class="model-name">
          <strong>{name}</strong>
          <span class="small">{styleDim > 0 ? `${kind}, ${styleDim} style numbers` : `${kind}, one result per image`}</span>
        </p>
        <Button kind="plain" icon="export" iconOnly label="Export this model" onClick={onExport} />
      </div>
      <div class="direction">
        <span>{domains[source.value].name}</span>
        {translator.makes(source.value) && <Button kind="plain" icon="swap" iconOnly label={`Swap: ${domains[target.value].name} to ${domains[source.value].name} instead`} onClick={swap} />}
        <span>{domains[target.value].name}</span>
      </div>
    </>
  );
}
