import { useSignal } from '@preact/signals';
import { bundledModels, choiceOfFiles, isAddress, type ModelChoice } from '../../model/choice.js';
import { loadModel } from '../../model/session.js';
import { Button, Dialog, DropZone, notify, pickFiles } from '../../ui/index.js';

export interface ModelDialogProps {
  readonly onClose: () => void;
}

/** The ways to a model. Each closes the dialog; the panel shows how far loading is. */
export function ModelDialog({ onClose }: ModelDialogProps) {
  const take = (choice: ModelChoice): void => {
    onClose();
    void loadModel(choice);
  };
  const files = (list: readonly File[]): void => {
    if (list.length > 0) take(choiceOfFiles(list));
  };
  return (
    <Dialog title="Choose a model" onClose={onClose}>
      {bundledModels.map(({ id, name, about }) => (
        <button key={id} type="button" class="choice" onClick={() => take({ kind: 'bundled', id })}>
          <strong>{name}</strong>
          <span class="small">{about}</span>
        </button>
      ))}
      <Address onTake={take} />
      <DropZone label="Drop a model" onFiles={files}>
        <p>
          Drop a model folder, a <code>.safetensors</code> file or an official <code>gen_….pt</code> here
        </p>
        <div class="row">
          <Button icon="folder" label="Pick a folder" onClick={() => void pickFiles({ folder: true }).then(files)} />
          <Button icon="image" label="Pick a file" onClick={() => void pickFiles({ accept: '.pt,.pth,.safetensors' }).then(files)} />
        </div>
        <p class="small">It is read here and sent nowhere.</p>
      </DropZone>
    </Dialog>
  );
}

function Address({ onTake }: { readonly onTake: (choice: ModelChoice) => void }) {
  const text = useSignal('');
  const submit = (event: Event): void => {
    event.preventDefault();
    const address = text.value.trim();
    if (isAddress(address)) onTake({ kind: 'address', address });
    else notify('An address begins with https:// or hf:, as in hf:owner/name.', 'error');
  };
  return (
    <form class="row" onSubmit={submit}>
      <label class="grow">
        <span class="small">Address of a model folder or file, or hf:owner/name</span>
        <input class="field" type="text" inputMode="url" autocomplete="off" spellcheck={false} placeholder="hf:owner/name" value={text.value} onInput={(e) => (text.value = e.currentTarget.value)} />
      </label>
      <button type="submit" class="button at-end">
        Load
      </button>
    </form>
  );
}
