/** What leaves the studio: links. */
import { notify } from '../../ui/notices.js';
import { flushLink } from '../../url/sync.js';

/** The address of the page holds the model, the image and the style: files of the user only by name, drawings as they are. */
export async function copyLink(): Promise<void> {
  const { address, holdsImage } = flushLink();
  try {
    await navigator.clipboard.writeText(address);
    notify(!holdsImage || /model=file:/.test(address) ? 'Link copied. Your own files are not in it: whoever opens it needs them too.' : 'Link copied.');
  } catch {
    notify(`The link is the address of this page: ${address}`);
  }
}
