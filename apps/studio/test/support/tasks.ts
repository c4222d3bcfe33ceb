/** What the page's own thread does while the worker works. */
import type { Page } from 'playwright';

/** An event of Chromium's trace, of which this reads: the thread it ran on, how long it lasted, µs, and for how long of that it had the processor. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const CATEGORIES = ['toplevel', 'devtools.timeline', '__metadata'];

/**
 * The longest task of the page's thread while `act` acts, ms of processor time. An input that comes meanwhile waits that long at most.
 * Processor time, because a task's time by the clock says how busy the machine is with others, and may be many times that.
 */
export async function longestTask(page: Page, act: () => Promise<void>): Promise<number> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: CATEGORIES, excludedCategories: ['*'] } });
  await act();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const main = new Set(events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(({ pid, tid }) => `${pid}/${tid}`));
  const tasks = events.filter(({ name, pid, tid, tdur }) => name.endsWith('RunTask') && tdur !== undefined && main.has(`${pid}/${tid}`));
  if (tasks.length === 0) throw new Error(`Expected tasks of the page's thread in the trace; among its ${events.length} events there is none.`);
  return Math.max(...tasks.map(({ tdur }) => tdur! / 1000));
}
