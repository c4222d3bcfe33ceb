/** What leaves the studio: links. */
import { drawingPublished } from '../../draw/drawing.js';
import { notify } from '../../ui/notices.js';
import { flushLink } from '../../url/sync.js';
import { words } from '../../words/words.js';

/** The address of the page holds the model, the image and the style: files of the user only by name, drawings as they are. */
export async function copyLink(): Promise<void> {
  await drawingPublished();
  const { address, holdsImage } = flushLink();
  const { copied, copiedWithoutFiles, isAddress } = words.peek().link;
  try {
    await navigator.clipboard.writeText(address);
    notify(!holdsImage || /model=file:/.test(address) ? copiedWithoutFiles : copied);
  } catch {
    notify(isAddress(address));
  }
}
