/** Ours with one thread against ours with several. */
import { checkImages, checkLosses, Disagreement } from '../compare/agreement.js';
import { comparePairs } from '../compare/statistics.js';
import type { Item } from '../materials/items.js';
import { readResult, resultFile } from '../materials/files.js';
import type { Remote } from '../process/contestant.js';
import { jsonLine, type Row } from '../compare/row.js';
import { type Context, makeMaterials, timePairs, withOurs } from './context.js';

/** @throws Disagreement unless the results are equal bit for bit: they must not depend on the number of threads */
export async function scaleItem(item: Item, context: Context): Promise<Row> {
  await makeMaterials(item, context, false);
  context.say(`${item.name}: 1 and ${context.threads} threads in turns …`);
  return withOurs(item, context, (many) =>
    withOurs(item, { ...context, threads: 1 }, async (one) => {
      await checkEqual(item, context.folder, many, one);
      const runs = context.runs ?? item.runs;
      const times = comparePairs(await timePairs(item, many, one, runs));
      const row: Row = { item, threads: context.threads, peer: 'munit-1-thread', peerVersion: many.version, peerThreads: 1, times, runs, difference: 0 };
      context.emit(jsonLine(row));
      return row;
    }),
  );
}

async function checkEqual(item: Item, folder: string, many: Remote, one: Remote): Promise<void> {
  const [first, second] = [resultFile(folder, item, 'many'), resultFile(folder, item, 'one')];
  const [a, b] = [await many.ask({ do: 'check', file: first }), await one.ask({ do: 'check', file: second })];
  const what = `${item.name}, 1 thread`;
  const difference = item.kind === 'train' ? checkLosses(what, a.losses ?? {}, b.losses ?? {}) : checkImages(what, readResult(first), readResult(second));
  if (difference !== 0) throw new Disagreement(`${what}: the result depends on the number of threads, by ${difference.toExponential(1)}.`);
}
