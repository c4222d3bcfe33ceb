/** Files given to the page, and files that it saves. */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright';

/** A file of the user's. */
export interface GivenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export const file = (name: string, mimeType: string, content: string | Buffer): GivenFile => ({ name, mimeType, buffer: Buffer.from(content) });

/** One of the studio's sample images, as a file. */
export const sample = (name: string): GivenFile => file(name, 'image/png', readFileSync(new URL(`../../public/samples/${name}`, import.meta.url)));

/** Clicks a button that asks for files, and gives them. */
export async function give(page: Page, button: Locator, files: string | GivenFile[]): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button.click()]);
  await chooser.setFiles(files);
}

/** What a click saves. */
export async function saved(page: Page, button: string): Promise<{ readonly name: string; readonly path: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button, exact: true }).click()]);
  return { name: download.suggestedFilename(), path: await download.path() };
}

/** Drops files or folders of the disk where a locator is, as the system's file manager does. */
export async function drop(page: Page, target: Locator, ...paths: readonly string[]): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  const box = (await target.boundingBox())!;
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2, data: { items: [], files: [...paths], dragOperationsMask: 1 } };
  const session = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, ...at });
  await session.detach();
}
