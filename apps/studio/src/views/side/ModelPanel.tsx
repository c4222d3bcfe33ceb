import { useSignal } from '@preact/signals';
import { nameOf } from '../../model/choice.js';
import { cancelLoading, failure, loading, model } from '../../model/session.js';
import { source, swap, target } from '../../direction.js';
import { Button } from '../../ui/Button.js';
import { Panel } from '../../ui/Panel.js';
import { Progress } from '../../ui/Progress.js';
import { ModelDialog } from './ModelDialog.js';

/** Which model is in use, and which way it goes. */
export function ModelPanel() {
  const open = useSignal(false);
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
      {coming === undefined && now === undefined && failure.value !== undefined && <p class="problem">{failure.value.error.message}</p>}
      {now === undefined && coming === undefined && failure.value === undefined && <p class="small">No model is loaded.</p>}
      {now !== undefined && <DirectionSwitch name={nameOf(now.choice)} />}
      {open.value && <ModelDialog onClose={() => (open.value = false)} />}
    </Panel>
  );
}

function DirectionSwitch({ name }: { readonly name: string }) {
  const { translator } = model.value!;
  const { domains, styleDim, kind } = translator;
  return (
    <>
      <p class="model-name">
        <strong>{name}</strong>
        <span class="small">{styleDim > 0 ? `${kind}, ${styleDim} style numbers` : `${kind}, one result per image`}</span>
      </p>
      <div class="direction">
        <span>{domains[source.value].name}</span>
        {translator.makes(source.value) && <Button kind="plain" icon="swap" iconOnly label={`Swap: ${domains[target.value].name} to ${domains[source.value].name} instead`} onClick={swap} />}
        <span>{domains[target.value].name}</span>
      </div>
    </>
  );
}
