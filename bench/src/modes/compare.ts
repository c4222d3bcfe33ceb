/** Ours against each peer. */
import { checkImages, checkLosses } from '../compare/agreement.js';
import { comparePairs } from '../compare/statistics.js';
import type { Item } from '../materials/items.js';
import { readResult, resultFile } from '../materials/files.js';
import { Absent, type Remote } from '../process/contestant.js';
import type { Peer } from '../process/peers.js';
import { jsonLine, type PeakMemory, type Row } from '../compare/row.js';
import { type Context, makeMaterials, peakOfSteps, timePairs, withOurs } from './context.js';

export interface CompareOptions {
  readonly peers: readonly Peer[];
  /** Measure the peak memory of training items as well. */
  readonly memory: boolean;
}

/** The slowest peer needs no more runs than this to be distinguished from the others. */
const runsOfTheSlow = 3;

/** @throws Disagreement when results differ */
export async function compareItem(item: Item, context: Context, { peers, memory }: CompareOptions): Promise<Row[]> {
  const able = peers.filter(({ kinds }) => kinds.includes(item.kind));
  const rows: Row[] = [];
  if (able.length === 0) return rows;
  await makeMaterials(item, context, able.some(({ graph }) => graph === true));
  for (const peer of able) {
    let theirs: Remote;
    try {
      theirs = await peer.start(context.threads);
    } catch (error) {
      if (!(error instanceof Absent)) throw error;
      context.say(`${item.name}: ${peer.name} is absent: ${error.message}`);
      continue;
    }
    context.say(`${item.name}: ours and ${peer.name} in turns …`);
    try {
      const row = await duel(item, context, peer, theirs);
      await theirs.close();
      const measured = { ...row, memory: memory && item.kind === 'train' ? await peakMemory(item, context, peer) : undefined };
      rows.push(measured);
      context.emit(jsonLine(measured));
    } finally {
      await theirs.close();
    }
  }
  return rows;
}

async function duel(item: Item, context: Context, peer: Peer, theirs: Remote): Promise<Row> {
  const { folder, threads } = context;
  const runs = context.runs ?? (peer.name === 'tfjs-wasm' ? Math.min(runsOfTheSlow, item.runs) : item.runs);
  return withOurs(item, context, async (ours) => {
    await theirs.ask({ do: 'load', item, folder, threads });
    const difference = await agreement(item, folder, peer, ours, theirs);
    const times = comparePairs(await timePairs(item, ours, theirs, runs));
    return { item, threads, peer: peer.name, peerVersion: theirs.version, peerThreads: peer.threads(threads), times, runs, difference };
  });
}

/** The largest difference of what the two give. @throws Disagreement when it is too large */
async function agreement(item: Item, folder: string, { name: peer, tolerance }: Peer, ours: Remote, theirs: Remote): Promise<number> {
  const what = `${item.name}, ${peer}`;
  const [own, other] = [resultFile(folder, item, 'ours'), resultFile(folder, item, peer)];
  const first = await ours.ask({ do: 'check', file: own });
  const second = await theirs.ask({ do: 'check', file: other });
  if (item.kind === 'train') return checkLosses(what, first.losses ?? {}, second.losses ?? {});
  return checkImages(what, readResult(own), readResult(other), tolerance);
}

/** Each in a fresh process, one after the other. */
async function peakMemory(item: Item, context: Context, peer: Peer): Promise<PeakMemory> {
  const { folder, threads } = context;
  context.say(`${item.name}: peak memory of ours and ${peer.name} …`);
  const ours = await withOurs(item, context, peakOfSteps);
  const theirs = await peer.start(threads);
  try {
    await theirs.ask({ do: 'load', item, folder, threads });
    return { ours, peer: await peakOfSteps(theirs) };
  } finally {
    await theirs.close();
  }
}
