import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { forgetModel, keptModel, keptModels, lookForModels, renameModel } from '../../model/kept.js';
import { bundledModels } from '../../model/bundled.js';
import { isAddress, type ModelChoice } from '../../model/choice.js';
import { loadFiles, loadModel, model } from '../../model/session.js';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { KeptRow } from '../../ui/KeptRow.js';
import { DropZone } from '../../ui/DropZone.js';
import { pickFiles } from '../../ui/files.js';
import { notify, notifyError } from '../../ui/notices.js';
import { megabytes, moment } from '../../ui/numbers.js';

export interface ModelDialogProps {
  readonly onClose: () => void;
}

/** The ways to a model. Each closes the dialog; the panel shows how far loading is. */
export function ModelDialog({ onClose }: ModelDialogProps) {
  const now = model.value?.choice;
  const take = (choice: ModelChoice): void => {
    onClose();
    void loadModel(choice);
  };
  const files = (list: readonly File[]): void => {
    if (list.length === 0) return;
    onClose();
    void loadFiles(list);
  };
  return (
    <Dialog title="Choose a model" onClose={onClose}>
      <div class="gallery" role="group" aria-label="Models that come with the studio">
        {bundledModels.map(({ id, name, about }) => (
          <button key={id} type="button" class="choice" aria-current={now?.kind === 'bundled' && now.id === id} onClick={() => take({ kind: 'bundled', id })}>
            <img src={`./models/${id}/picture.webp`} alt="" width="392" height="96" />
            <span>
              <strong>{name}</strong>
              <span class="small">{about}</span>
            </span>
          </button>
        ))}
      </div>
      <KeptModels onTake={take} />
      <Address onTake={take} />
      <DropZone label="Drop a model" onFiles={files}>
        <p>
          Drop a model folder or its <code>.zip</code>, a <code>.safetensors</code> file or an official <code>gen_….pt</code> here
        </p>
        <div class="row">
          <Button icon="folder" label="Pick a folder" onClick={() => void pickFiles({ folder: true }).then(files)} />
          <Button icon="file" label="Pick a file" onClick={() => void pickFiles({ accept: '.pt,.pth,.safetensors,.zip' }).then(files)} />
        </div>
        <p class="small">It is read here and sent nowhere.</p>
      </DropZone>
    </Dialog>
  );
}

/** Models of the user's own from before. */
function KeptModels({ onTake }: { readonly onTake: (choice: ModelChoice) => void }) {
  useEffect(() => void lookForModels(), []);
  if (keptModels.value.length === 0) return null;
  const open = (id: string, name: string): void => {
    keptModel(id).then((choice) => {
      if (choice !== undefined) return onTake(choice);
      notify(`${name} is no longer kept by this browser.`, 'error');
      return forgetModel(id);
    }, notifyError);
  };
  return (
    <ul class="kept" aria-label="Your models, kept in this browser">
      {keptModels.value.map(({ id, name, bytes, usedAt }) => (
        <KeptRow
          key={id}
          name={name}
          about={`Yours, ${megabytes(bytes)}, used ${moment(usedAt)}. Kept in this browser.`}
          onOpen={() => open(id, name)}
          onRename={(text) => void renameModel(id, text)}
          onForget={() => void forgetModel(id)}
        />
      ))}
    </ul>
  );
}

function Address({ onTake }: { readonly onTake: (choice: ModelChoice) => void }) {
  const text = useSignal('');
  // Said here: what is behind a dialog is neither seen nor heard.
  const problem = useSignal('');
  const id = useId();
  const submit = (event: Event): void => {
    event.preventDefault();
    const address = text.value.trim();
    if (isAddress(address)) onTake({ kind: 'address', address });
    else problem.value = 'An address begins with https:// or hf:, as in hf:owner/name.';
  };
  const take = (event: { readonly currentTarget: HTMLInputElement }): void => {
    text.value = event.currentTarget.value;
    problem.value = '';
  };
  return (
    <form class="row" onSubmit={submit}>
      <label class="grow">
        <span class="small">Address of a model folder or file, or hf:owner/name</span>
        <input class="field" type="text" inputMode="url" autocomplete="off" spellcheck={false} placeholder="hf:owner/name" aria-invalid={problem.value !== ''} aria-describedby={id} value={text.value} onInput={take} />
      </label>
      <button type="submit" class="button at-end">
        Load
      </button>
      <p id={id} class="address-problem small" role="alert">
        {problem.value}
      </p>
    </form>
  );
}
