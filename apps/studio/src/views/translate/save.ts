/** What leaves the studio: files, and links. */
import { notify } from '../../ui/notices.js';
import { flushLink } from '../../url/sync.js';

export const fileStem = (name: string): string => name.replace(/\.\w+$/, '').replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '').toLowerCase();

/** The address of the page holds the model, the image and the style: files of the user only by name. */
export async function copyLink(): Promise<void> {
  const address = flushLink();
  try {
    await navigator.clipboard.writeText(address);
    notify(address.includes('file:') ? 'Link copied. Your own files are not in it: whoever opens it needs them too.' : 'Link copied.');
  } catch {
    notify(`The link is the address of this page: ${address}`);
  }
}
