import { useSignal } from '@preact/signals';
import type { ExportedFiles } from '@munit/train/worker';
import { Button } from '../../ui/Button.js';
import { notify, notifyError } from '../../ui/notices.js';
import { Panel } from '../../ui/Panel.js';
import { directoryPicker, modelName, saveToFolder, saveZip } from '../files.js';
import type { Names } from '../settings.js';
import type { TrainingStore } from '../store.js';
import { words } from '../../words/words.js';

export interface ResultProps {
  readonly store: TrainingStore;
  readonly names: Names;
  readonly onUse: (files: ExportedFiles['files'], name: string) => void;
}

/** Exports the model as it is now; training continues meanwhile. */
export function Result({ store, names, onUse }: ResultProps) {
  const busy = useSignal(false);
  const name = modelName(names);
  const pick = directoryPicker();
  const withModel = (take: (model: ExportedFiles) => Promise<string> | string): void => {
    busy.value = true;
    store
      .exportModel()
      .then(take)
      .then((text) => notify(text), notifyError)
      .finally(() => (busy.value = false));
  };
  const disabled = busy.value || (store.watch.last.value?.step ?? store.run.value?.step ?? 0) === 0 || store.failure.value !== undefined;
  const said = words.value.result;
  return (
    <Panel title={said.title}>
      <p class="small">{said.about}</p>
      <div class="row">
        <Button
          label={said.use}
          icon="arrow"
          kind={store.phase.value === 'finished' ? 'primary' : 'quiet'}
          disabled={disabled}
          onClick={() =>
            withModel(({ files, step }) => {
              onUse(files, name);
              return words.peek().result.inUse(step);
            })
          }
        />
        <Button
          label={said.download}
          icon="download"
          disabled={disabled}
          onClick={() =>
            withModel((model) => {
              saveZip(model, name);
              return words.peek().result.saved(`${name}.zip`, model.step);
            })
          }
        />
        {pick !== undefined && (
          <Button
            label={said.toFolder}
            icon="folder"
            disabled={disabled}
            onClick={() =>
              withModel(async (model) => {
                await saveToFolder(model, name, pick);
                return words.peek().result.folderSaved(name, model.step);
              })
            }
          />
        )}
      </div>
    </Panel>
  );
}
