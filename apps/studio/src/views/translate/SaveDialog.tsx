import { useSignal } from '@preact/signals';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { fileStem, saveFile } from '../../ui/files.js';
import { notify, notifyError } from '../../ui/notices.js';
import { Segmented } from '../../ui/Segmented.js';
import { type Content, encoded, type Format, sizesOf } from './compose.js';
import type { Stage } from './stage.js';

export interface SaveDialogProps {
  readonly stage: Stage;
  readonly onClose: () => void;
}

const losses: Readonly<Record<Format, string>> = {
  png: 'Every pixel as it is.',
  webp: 'Smaller, with small losses.',
  jpeg: 'Smaller, with small losses; opens everywhere.',
};

/** The translation as a file, or in the clipboard. */
export function SaveDialog({ stage, onClose }: SaveDialogProps) {
  const content = useSignal<Content>('after');
  const format = useSignal<Format>('png');
  const sizes = sizesOf(stage.after);
  const chosen = useSignal(0);
  const size = sizes[chosen.value]!;
  const save = async (): Promise<void> => {
    try {
      const blob = await encoded(stage, content.value, size, format.value);
      saveFile(blob, `${fileStem(stage.image.name) || 'image'}-munit.${format.value === 'jpeg' ? 'jpg' : format.value}`);
      onClose();
    } catch (error) {
      notifyError(error);
    }
  };
  const copy = async (): Promise<void> => {
    try {
      // Clipboards take PNG.
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': encoded(stage, content.value, size, 'png') })]);
      notify('The image is in the clipboard.');
      onClose();
    } catch {
      notify('This browser does not let the page write images to the clipboard: save a file instead.', 'error');
    }
  };
  return (
    <Dialog title="Save the image" onClose={onClose}>
      <Segmented
        label="What to save"
        value={content.value}
        onChange={(value) => (content.value = value)}
        options={[
          { value: 'after', label: 'The translation' },
          { value: 'both', label: 'Before and after' },
        ]}
      />
      <label class="row">
        <span class="grow">Size</span>
        <select class="field" value={String(chosen.value)} onChange={({ currentTarget }) => (chosen.value = Number(currentTarget.value))}>
          {sizes.map(({ width, height }, i) => (
            <option key={width} value={String(i)}>
              {width} × {height}
              {i === 0 ? ', as the model makes it' : ', enlarged'}
            </option>
          ))}
        </select>
      </label>
      {chosen.value > 0 && <p class="small">Enlarging smooths the image; it adds no detail. For more detail, choose a larger size under Image, or a model that was trained at one.</p>}
      <Segmented
        label="Format"
        value={format.value}
        onChange={(value) => (format.value = value)}
        options={[
          { value: 'png', label: 'PNG' },
          { value: 'webp', label: 'WebP' },
          { value: 'jpeg', label: 'JPEG' },
        ]}
      />
      <p class="small">{losses[format.value]}</p>
      <div class="row">
        <Button kind="primary" icon="download" label="Save" onClick={() => void save()} />
        <Button icon="copy" label="Copy image" onClick={() => void copy()} />
      </div>
    </Dialog>
  );
}
