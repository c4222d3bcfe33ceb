import type { Item } from '../materials/items.js';
import { startMaterials, startOurs } from '../process/peers.js';
import type { Remote } from '../process/contestant.js';

/** What every mode is given. */
export interface Context {
  /** For weights, inputs and results; gone afterwards. */
  readonly folder: string;
  readonly threads: number;
  /** What ours computes on. */
  readonly device: string;
  /** Timed runs of an item, where the caller asked for a number. */
  readonly runs: number | undefined;
  /** For people: a table in the end, and what is being done. */
  readonly say: (text: string) => void;
  /** For programs: one object a line. */
  readonly emit: (line: string) => void;
}

/**
 * Runs before the clock, of every contestant: caches, the compiler of the runtime, memory taken from the system. A training has thousands
 * of small steps, and V8 has optimised the code of one after some thirty.
 */
export const warmUpsOf = ({ kind, size }: Item): number => (kind === 'train' && size <= 64 ? 30 : 2);

/** Threads of a library may spin for a while after their work is done; the next contestant is to find idle cores. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

/** Writes the files that the contestants of an item read. */
export async function makeMaterials(item: Item, { folder, threads }: Context, onnx: boolean): Promise<void> {
  const maker = await startMaterials(onnx);
  try {
    await maker.ask({ do: 'load', item, folder, threads });
  } finally {
    await maker.close();
  }
}

/** Ours, loaded, for as long as `use` lasts. */
export async function withOurs<T>(
  item: Item,
  { folder, threads, device, recompute }: Pick<Context, 'folder' | 'threads' | 'device'> & { readonly recompute?: boolean },
  use: (ours: Remote) => Promise<T>,
): Promise<T> {
  const ours = await startOurs(device, recompute);
  try {
    await ours.ask({ do: 'load', item, folder, threads });
    return await use(ours);
  } finally {
    await ours.close();
  }
}

/** Milliseconds of one run, after a rest. */
export async function timeOne(contestant: Remote): Promise<number> {
  await settle();
  const { ms } = await contestant.ask({ do: 'run', times: 1 });
  return ms[0] as number;
}

/** Times two contestants in turns, so that whatever slows the machine slows both. */
export async function timePairs(item: Item, ours: Remote, theirs: Remote, runs: number): Promise<{ readonly ours: number[]; readonly theirs: number[] }> {
  for (const contestant of [ours, theirs]) await contestant.ask({ do: 'run', times: warmUpsOf(item) });
  const pairs = { ours: [] as number[], theirs: [] as number[] };
  for (let i = 0; i < runs; i++) {
    pairs.ours.push(await timeOne(ours));
    pairs.theirs.push(await timeOne(theirs));
  }
  return pairs;
}

/** Peak memory of two training steps after a first, without the loading where the system can tell. */
export async function peakOfSteps(contestant: Remote): Promise<number> {
  await contestant.ask({ do: 'run', times: 1 });
  await contestant.ask({ do: 'memory', reset: true });
  await contestant.ask({ do: 'run', times: 2 });
  return (await contestant.ask({ do: 'memory', reset: false })).peak;
}
