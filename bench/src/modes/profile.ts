/** Where our own time goes, kernel by kernel. */
import { median } from '../compare/statistics.js';
import type { Item } from '../materials/items.js';
import type { KernelTime, ProfileAnswer } from '../process/protocol.js';
import { table } from '../compare/row.js';
import { type Context, makeMaterials, warmUpsOf, withOurs } from './context.js';

const shapesShown = 15;

export async function profileItem(item: Item, context: Context): Promise<void> {
  await makeMaterials(item, context, false);
  const times = context.runs ?? (item.size >= 256 && item.kind === 'train' ? 1 : 3);
  const { profile, plain } = await withOurs(item, context, async (ours) => {
    await ours.ask({ do: 'run', times: warmUpsOf(item) });
    const { ms } = await ours.ask({ do: 'run', times });
    return { plain: median(ms), profile: await ours.ask({ do: 'profile', times }) };
  });
  const { name, size, width } = item;
  context.say(`\n${name}, width ${width}, batch ${item.batch}, ${context.threads} threads, mean of ${times}; ${plain.toFixed(1)} ms without the measuring\n${profileTables(profile)}`);
  const kernels = profile.kernels.map(({ name: kernel, calls, ms }) => ({ kernel, calls, ms }));
  context.emit(JSON.stringify({ name, size, width, threads: context.threads, ours_ms: plain, wall_ms: profile.wall, dispatches: dispatches(profile), kernels }));
}

const dispatches = ({ kernels }: ProfileAnswer): number => kernels.reduce((sum, { calls }) => sum + calls, 0);

/** Kernels by name, then the heaviest by shape. */
export function profileTables(profile: ProfileAnswer): string {
  const { wall, kernels, shapes } = profile;
  const inKernels = kernels.reduce((sum, { ms }) => sum + ms, 0);
  const line = ({ name, calls, ms }: KernelTime): string[] => [name, Number.isNaN(calls) ? '' : count(calls), ms.toFixed(1), `${((100 * ms) / wall).toFixed(1)}%`];
  const head = ['kernel', 'calls', 'ms', 'share'];
  return [
    table(head, [
      ...kernels.map(line),
      line({ name: 'between kernels', calls: Number.NaN, ms: wall - inKernels }),
      line({ name: 'all (dispatches in a run)', calls: dispatches(profile), ms: wall }),
    ]),
    '',
    table(['heaviest, by shape', ...head.slice(1)], shapes.slice(0, shapesShown).map(line)),
  ].join('\n');
}

const count = (calls: number): string => (Number.isInteger(calls) ? String(calls) : calls.toFixed(1));
