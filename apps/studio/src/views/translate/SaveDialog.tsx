import { useSignal } from '@preact/signals';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { fileStem, saveFile } from '../../ui/files.js';
import { notify, notifyError } from '../../ui/notices.js';
import { Segmented } from '../../ui/Segmented.js';
import { type Content, encoded, type Format, sizesOf } from './compose.js';
import type { Stage } from './stage.js';
import { words } from '../../words/words.js';

export interface SaveDialogProps {
  readonly stage: Stage;
  readonly onClose: () => void;
}

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
      notify(words.peek().save.copied);
      onClose();
    } catch {
      notify(words.peek().save.notCopied, 'error');
    }
  };
  const { common, save: said } = words.value;
  return (
    <Dialog title={said.title} onClose={onClose}>
      <Segmented
        label={said.what}
        value={content.value}
        onChange={(value) => (content.value = value)}
        options={[
          { value: 'after', label: said.translation },
          { value: 'both', label: said.both },
        ]}
      />
      <label class="row">
        <span class="grow">{common.size}</span>
        <select class="field" value={String(chosen.value)} onChange={({ currentTarget }) => (chosen.value = Number(currentTarget.value))}>
          {sizes.map(({ width, height }, i) => (
            <option key={width} value={String(i)}>
              {(i === 0 ? said.asMade : said.enlarged)(width, height)}
            </option>
          ))}
        </select>
      </label>
      {chosen.value > 0 && <p class="small">{said.smooth}</p>}
      <Segmented
        label={common.format}
        value={format.value}
        onChange={(value) => (format.value = value)}
        options={[
          { value: 'png', label: 'PNG' },
          { value: 'webp', label: 'WebP' },
          { value: 'jpeg', label: 'JPEG' },
        ]}
      />
      <p class="small">{said[format.value]}</p>
      <div class="row">
        <Button kind="primary" icon="download" label={common.save} onClick={() => void save()} />
        <Button icon="copy" label={said.copy} onClick={() => void copy()} />
      </div>
    </Dialog>
  );
}
