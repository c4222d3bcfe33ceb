/** What the browser keeps for the studio. */
import type { Page } from 'playwright';

/** How many images the browser keeps, whichever tab added them: a tab in the background does so in its own time. */
export const stored = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const request = indexedDB.open('munit-own');
    await new Promise((resolve) => request.addEventListener('success', resolve));
    const list = request.result.transaction('kept').objectStore('kept').get('pictures');
    await new Promise((resolve) => list.addEventListener('success', resolve));
    request.result.close();
    return (list.result as unknown[] | undefined)?.length ?? 0;
  });
