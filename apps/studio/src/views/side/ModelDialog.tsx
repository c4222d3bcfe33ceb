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
import { Marked } from '../../words/Marked.js';
import { words } from '../../words/words.js';

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
  const { bundled, common, model: said } = words.value;
  return (
    <Dialog title={said.dialog} onClose={onClose}>
      <div class="gallery" role="group" aria-label={said.bundled}>
        {bundledModels.map(({ id }) => (
          <button key={id} type="button" class="choice" aria-current={now?.kind === 'bundled' && now.id === id} onClick={() => take({ kind: 'bundled', id })}>
            <img src={`./models/${id}/picture.webp`} alt="" width="392" height="96" />
            <span>
              <strong>{bundled[id].name}</strong>
              <span class="small">{bundled[id].about}</span>
            </span>
          </button>
        ))}
      </div>
      <KeptModels onTake={take} />
      <Address onTake={take} />
      <DropZone label={said.drop} onFiles={files}>
        <p>
          <Marked text={said.dropWhat} />
        </p>
        <div class="row">
          <Button icon="folder" label={common.pickFolder} onClick={() => void pickFiles({ folder: true }).then(files)} />
          <Button icon="file" label={common.pickFile} onClick={() => void pickFiles({ accept: '.pt,.pth,.safetensors,.zip' }).then(files)} />
        </div>
        <p class="small">{said.stays}</p>
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
      notify(words.peek().model.gone(name), 'error');
      return forgetModel(id);
    }, notifyError);
  };
  return (
    <ul class="kept" aria-label={words.value.model.yours}>
      {keptModels.value.map(({ id, name, bytes, usedAt }) => (
        <KeptRow
          key={id}
          name={name}
          about={words.value.model.about(megabytes(bytes), moment(usedAt))}
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
    else problem.value = words.peek().model.notAddress;
  };
  const take = (event: { readonly currentTarget: HTMLInputElement }): void => {
    text.value = event.currentTarget.value;
    problem.value = '';
  };
  return (
    <form class="row" onSubmit={submit}>
      <label class="grow">
        <span class="small">{words.value.model.address}</span>
        <input class="field" type="text" inputMode="url" autocomplete="off" spellcheck={false} placeholder={words.value.model.addressExample} aria-invalid={problem.value !== ''} aria-describedby={id} value={text.value} onInput={take} />
      </label>
      <button type="submit" class="button at-end">
        {words.value.model.load}
      </button>
      <p id={id} class="address-problem small" role="alert">
        {problem.value}
      </p>
    </form>
  );
}
