/** Ours against ours: several threads and one; activations recomputed and stored. */
import { checkImages, checkLosses, Disagreement } from '../compare/agreement.js';
import { comparePairs } from '../compare/statistics.js';
import type { Item } from '../materials/items.js';
import { readResult, resultFile } from '../materials/files.js';
import type { Remote } from '../process/contestant.js';
import { jsonLine, type Row } from '../compare/row.js';
import { type Context, makeMaterials, peakOfSteps, timePairs, withOurs } from './context.js';

/** @throws Disagreement unless the results are equal bit for bit: they must not depend on the number of threads */
export async function scaleItem(item: Item, context: Context): Promise<Row> {
  await makeMaterials(item, context, false);
  context.say(`${item.name}: 1 and ${context.threads} threads in turns …`);
  const row = await withOurs(item, context, (many) =>
    withOurs(item, { ...context, threads: 1 }, (one) => ourselves(item, context, { first: many, second: one, peer: 'munit-1-thread', peerThreads: 1 })),
  );
  context.emit(jsonLine(row));
  return row;
}

/**
 * A training step that recomputes activations in the backward pass beside one that stores them: time and peak memory.
 * @throws Disagreement unless the losses of three steps are equal bit for bit: those of the later ones follow from the gradients
 */
export async function recomputeItem(item: Item, context: Context): Promise<Row | undefined> {
  if (item.kind !== 'train') return undefined;
  await makeMaterials(item, context, false);
  context.say(`${item.name}: recomputing and storing in turns …`);
  const recomputing = { ...context, recompute: true };
  const row = await withOurs(item, recomputing, (first) =>
    withOurs(item, context, (second) => ourselves(item, context, { first, second, peer: 'munit-storing', peerThreads: context.threads })),
  );
  context.say(`${item.name}: peak memory of both …`);
  const memory = { ours: await withOurs(item, recomputing, peakOfSteps), peer: await withOurs(item, context, peakOfSteps) };
  const measured = { ...row, memory };
  context.emit(jsonLine(measured));
  return measured;
}

interface Two {
  readonly first: Remote;
  readonly second: Remote;
  /** What the second is called in the row. */
  readonly peer: string;
  readonly peerThreads: number;
}

async function ourselves(item: Item, context: Context, two: Two): Promise<Row> {
  for (let step = 0; step < (item.kind === 'train' ? 3 : 1); step++) await checkEqual(item, context.folder, two);
  const runs = context.runs ?? item.runs;
  const times = comparePairs(await timePairs(item, two.first, two.second, runs));
  return { item, threads: context.threads, peer: two.peer, peerVersion: two.first.version, peerThreads: two.peerThreads, times, runs, difference: 0 };
}

async function checkEqual(item: Item, folder: string, { first, second, peer }: Two): Promise<void> {
  const [one, other] = [resultFile(folder, item, 'first'), resultFile(folder, item, 'second')];
  const [a, b] = [await first.ask({ do: 'check', file: one }), await second.ask({ do: 'check', file: other })];
  const what = `${item.name}, ${peer}`;
  const difference = item.kind === 'train' ? checkLosses(what, a.losses ?? {}, b.losses ?? {}) : checkImages(what, readResult(one), readResult(other));
  if (difference !== 0) throw new Disagreement(`${what}: the results should be equal, and differ by ${difference.toExponential(1)}.`);
}
