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

export interface ExportDialogProps {
  readonly model: LoadedModel;
  readonly onClose: () => void;
}

const forms: Readonly<Record<ExportForm, { readonly label: string; readonly about: string }>> = {
  folder: { label: 'Folder', about: 'A model folder as an archive: weights, a description, a model card. For munit everywhere, this page, and Hugging Face.' },
  safetensors: { label: 'safetensors', about: 'One file that describes itself. For munit, and any program that reads safetensors.' },
  pytorch: { label: 'PyTorch', about: 'What the published code loads.' },
  onnx: { label: 'ONNX', about: 'Graphs of the encoders, the decoder and the whole translation, as an archive. For ONNX Runtime and the like.' },
};

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
      const { exportModel } = await part('The writer of models', () => import('../../export/exportModel.js'));
      const { bytes, extension } = await exportModel(model.choice, { form: form.value, half: half.value && halves, signal: abort.signal });
      saveFile(new Blob([bytes]), `${fileStem(nameOf(model.choice)) || 'model'}${form.value === 'onnx' ? '-onnx' : ''}.${extension}`);
      onClose();
    } catch (error) {
      notifyError(error);
    } finally {
      running.value = undefined;
    }
  };
  return (
    <Dialog title={`Export ${nameOf(model.choice)}`} onClose={onClose}>
      <Segmented label="Format" value={form.value} disabled={running.value !== undefined} onChange={(value) => (form.value = value)} options={(Object.keys(forms) as ExportForm[]).map((value) => ({ value, label: forms[value].label }))} />
      <p class="small">{forms[form.value].about}</p>
      {halves && (
        <label class="row">
          <input type="checkbox" checked={half.value} onChange={({ currentTarget }) => (half.value = currentTarget.checked)} />
          <span>Half precision: half the size, with hardly a difference</span>
        </label>
      )}
      {running.value === undefined ? (
        <div class="row">
          <Button kind="primary" icon="download" label="Save the model" onClick={() => void save()} />
        </div>
      ) : (
        <Progress label="Writing the model" />
      )}
    </Dialog>
  );
}
