/** What leaves the studio: files, and links. */
import { saveFile } from '../../ui/files.js';
import { notify, notifyError } from '../../ui/notices.js';
import { flushLink } from '../../url/sync.js';
import type { Stage } from './stage.js';

const endings = { 'image/png': 'png', 'image/webp': 'webp' } as const;

export const fileStem = (name: string): string => name.replace(/\.\w+$/, '').replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase();

export async function savePicture({ image, after }: Stage, type: keyof typeof endings): Promise<void> {
  try {
    saveFile(await after.toBlob({ type }), `${fileStem(image.name)}-munit.${endings[type]}`);
  } catch (error) {
    notifyError(error);
  }
}

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
