/** A thousand training steps: resident memory must not grow. */
import type { Item } from '../materials/items.js';
import { type Context, makeMaterials, withOurs } from './context.js';

const steps = 1000;
const between = 100;
/** What the garbage collector may hold more at one time than at another, in MiB. */
const slack = 16;

/** Growth from the first hundred steps, after which all is warm, to the end. */
export const isFlat = (megabytes: readonly number[]): boolean => (megabytes.at(-1) ?? 0) - (megabytes[0] ?? 0) <= slack;

/** @returns whether memory stayed flat */
export async function memoryOverSteps(item: Item, context: Context): Promise<boolean> {
  await makeMaterials(item, context, false);
  const megabytes = await withOurs(item, context, async (ours) => {
    const measured: number[] = [];
    for (let step = between; step <= steps; step += between) {
      await ours.ask({ do: 'run', times: between });
      const { rss } = await ours.ask({ do: 'memory', reset: false });
      measured.push(Math.round(rss));
      context.say(`${item.name}: step ${String(step).padStart(4)}  ${rss.toFixed(0)} MB resident`);
    }
    return measured;
  });
  const flat = isFlat(megabytes);
  context.say(`${item.name}: ${flat ? 'flat' : `GROWS by ${(megabytes.at(-1) ?? 0) - (megabytes[0] ?? 0)} MB`} from step ${between} to ${steps} (${slack} MB are allowed)`);
  context.emit(JSON.stringify({ name: item.name, size: item.size, width: item.width, threads: context.threads, steps, ours_rss_mb: megabytes, flat }));
  return flat;
}
