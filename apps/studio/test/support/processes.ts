/** The page's own process, as Linux sees it. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright';

export interface Held {
  /** Threads that run workers. */
  readonly workers: number;
  /** Memory now, and the most that there was, MB. */
  readonly megabytes: number;
  readonly peak: number;
}

const statusOf = (id: number, field: string): number => Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]) / 1e3;

/** Of the browser's processes for pages the one that takes most. */
export async function held(page: Page): Promise<Held> {
  const session = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const all = processInfo.filter(({ type }) => type === 'renderer').flatMap(({ id }): Held[] => {
    try {
      const names = readdirSync(`/proc/${id}/task`).map((task) => readFileSync(`/proc/${id}/task/${task}/comm`, 'utf8').trim());
      return [{ workers: names.filter((name) => name.startsWith('DedicatedWorker')).length, megabytes: statusOf(id, 'VmRSS'), peak: statusOf(id, 'VmHWM') }];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
  return all.reduce((most, one) => (one.workers > most.workers || (one.workers === most.workers && one.peak > most.peak) ? one : most));
}
