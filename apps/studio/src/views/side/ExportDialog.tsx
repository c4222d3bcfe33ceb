import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { part } from '../../chunk.js';
import type { ExportForm } from '../../export/protocol.js';
import { nameOf } from '../../model/choice.js';
import type { LoadedModel } from '../../model/session.js';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { fileStem, saveFile } from '../../ui/files.js';
import { notifyError } from '../../ui/notices.js';
import { Progress } from '../../ui/Progress.js';
import { Segmented } from '../../ui/Segmented.js';
import { words } from '../../words/words.js';

export interface ExportDialogProps {
  readonly model: LoadedModel;
  readonly onClose: () => void;
}

const forms: readonly ExportForm[] = ['folder', 'safetensors', 'pytorch', 'onnx'];

/** The model in use, as a file. */
export function ExportDialog({ model, onClose }: ExportDialogProps) {
  const form = useSignal<ExportForm>('folder');
  const half = useSignal(false);
  const running = useSignal<AbortController | undefined>(undefined);
  useEffect(() => () => running.peek()?.abort(), []);
  const halves = form.value === 'folder' || form.value === 'safetensors';
  const save = async (): Promise<void> => {
    const abort = (running.value = new AbortController());
    try {
      const { exportModel } = await part(words.peek().part.models, () => import('../../export/exportModel.js'));
      const { bytes, extension } = await exportModel(model.choice, { form: form.value, half: half.value && halves, signal: abort.signal });
      saveFile(new Blob([bytes]), `${fileStem(nameOf(model.choice)) || 'model'}${form.value === 'onnx' ? '-onnx' : ''}.${extension}`);
      onClose();
    } catch (error) {
      notifyError(error);
    } finally {
      running.value = undefined;
    }
  };
  const { common, exporting: said } = words.value;
  return (
    <Dialog title={said.title(nameOf(model.choice))} onClose={onClose}>
      <Segmented label={common.format} value={form.value} disabled={running.value !== undefined} onChange={(value) => (form.value = value)} options={forms.map((value) => ({ value, label: said[value] }))} />
      <p class="small">{said[`${form.value}About`]}</p>
      {halves && (
        <label class="row">
          <input type="checkbox" checked={half.value} onChange={({ currentTarget }) => (half.value = currentTarget.checked)} />
          <span>{said.half}</span>
        </label>
      )}
      {running.value === undefined ? (
        <div class="row">
          <Button kind="primary" icon="download" label={said.save} onClick={() => void save()} />
        </div>
      ) : (
        <Progress label={said.writing} />
      )}
    </Dialog>
  );
}
