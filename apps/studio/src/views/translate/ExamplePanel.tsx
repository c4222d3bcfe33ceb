import { useSignal } from '@preact/signals';
import { addPictures } from '../../incoming.js';
import { bitmapOf } from '../../image/bitmap.js';
import { examples } from '../../image/library.js';
import type { LibraryImage } from '../../image/libraryImage.js';
import { model } from '../../model/session.js';
import { rounded, withLocks } from '../../styles/codes.js';
import { target } from '../../direction.js';
import { example, locks, setStyle, style } from '../../styles/style.js';
import { queue } from '../../translate/contents.js';
import { side } from '../../translate/side.js';
import { Button } from '../../ui/Button.js';
import { DropZone } from '../../ui/DropZone.js';
import { pickFiles } from '../../ui/files.js';
import { notifyError } from '../../ui/notices.js';
import { Panel } from '../../ui/Panel.js';
import { useRoving } from '../../ui/roving.js';
import { priorities } from '../../workers/queue.js';
import { Thumb } from '../side/Thumb.js';
import { kindName } from '../../model/bundled.js';
import { words } from '../../words/words.js';

/** Takes the style of an image. */
async function takeStyleOf(image: LibraryImage): Promise<void> {
  const loaded = model.peek();
  if (loaded === undefined) return;
  try {
    const bitmap = await bitmapOf(image, side.peek());
    const code = await queue.run(priorities.example, () => loaded.translator.styleOf(bitmap, { domain: target.peek() }));
    setStyle(withLocks(rounded(code), style.peek(), locks.peek()), image.id);
  } catch (error) {
    notifyError(error);
  }
}

async function takeFirst(files: readonly File[]): Promise<void> {
  const [first] = await addPictures(files);
  if (first !== undefined) await takeStyleOf(first);
}

/** Guided translation: the content of one image, the style of another. */
export function ExamplePanel() {
  const busy = useSignal<string | undefined>(undefined);
  const roving = useRoving<HTMLUListElement>();
  if (model.value === undefined || !model.value.translator.takesExamples(target.value)) return null;
  const said = words.value.example;
  const name = kindName(model.value.translator.domains[target.value].name);
  const take = async (image: LibraryImage): Promise<void> => {
    busy.value = image.id;
    await takeStyleOf(image);
    busy.value = undefined;
  };
  return (
    <div class="examples">
    <Panel
      title={said.title}
      actions={<Button kind="plain" icon="plus" iconOnly label={said.pick} onClick={() => void pickFiles({ accept: 'image/*' }).then(takeFirst)} />}
    >
      <DropZone label={said.drop} onFiles={(files) => void takeFirst(files)}>
        <ul class="thumbs" aria-label={said.list} {...roving} aria-busy={busy.value !== undefined}>
          {examples.value.map((one) => (
            <Thumb key={one.id} image={one} pressed={example.value === one.id} onClick={() => void take(one)} />
          ))}
        </ul>
        <p class="small">{said.choose(name)}</p>
      </DropZone>
    </Panel>
    </div>
  );
}
