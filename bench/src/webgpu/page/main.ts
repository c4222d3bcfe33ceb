/** The page that measures: what the command asks of it goes by `window.munitBench`. */
import { readSafetensors } from '@munit/core';
import type { Item } from '../../materials/items.js';
import type { Arrays } from '../../materials/tensors.js';
import { type Counts, watchGpu } from './counting.js';
import { onnxruntime, onnxruntimeVersion } from './onnxruntime.js';
import { measurePair, type PairFigures } from './measure.js';
import { measureOp, ops } from './ops.js';
import { device, type How, ours } from './ours.js';
import type { Files, Subject } from './subject.js';
import { training } from './training.js';

/** Where an item's files are served. */
export interface Addresses {
  readonly weights: string;
  readonly inputs: string;
  readonly graph: string;
}

export type Who = How | 'onnxruntime-web';

export interface Bench {
  /** The adapter, and the version of the peer. */
  about(): Promise<{ readonly adapter: string; readonly onnxruntime: string }>;
  /** What one run asks of the GPU, without its doing it. */
  count(item: Item, addresses: Addresses, who: Who): Promise<Counts>;
  /** The JavaScript of ours and of ours captured, in turns, without the GPU's doing what it is asked. */
  commands(item: Item, addresses: Addresses, runs: number): Promise<PairFigures>;
  /** The same of a training step. */
  steps(item: Item, runs: number): Promise<PairFigures>;
  /** Two contestants in turns. */
  compare(item: Item, addresses: Addresses, pair: readonly [Who, Who], runs: number): Promise<PairFigures>;
  /** The single ops' passes, and one of them by its place among them: ours, then composed. */
  readonly ops: readonly { readonly name: string; readonly pass: string }[];
  op(place: number, runs: number): Promise<PairFigures>;
}

const counter = watchGpu();

async function filesOf(addresses: Addresses): Promise<Files> {
  const bytes = async (address: string): Promise<Uint8Array> => {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address} could not be read: ${response.status}.`);
    return new Uint8Array(await response.arrayBuffer());
  };
  const arrays = async (address: string): Promise<Arrays> => {
    const { tensors } = readSafetensors(await bytes(address));
    return new Map([...tensors].map(([name, { shape, float32 }]) => [name, { shape, data: float32() }]));
  };
  return { weights: await arrays(addresses.weights), inputs: await arrays(addresses.inputs), graph: await bytes(addresses.graph) };
}

const subjectOf = (who: Who, item: Item, files: Files): Promise<Subject> =>
  who === 'onnxruntime-web' ? onnxruntime(files) : ours(item, files, who);

async function measureCommands(pair: readonly [Subject, Subject], runs: number): Promise<PairFigures> {
  counter.onlyCount = true;
  try {
    const [direct, captured] = pair.map(({ run, command }): Subject => ({ run, again: async () => command?.() })) as [Subject, Subject];
    return await measurePair([direct, captured], runs, counter);
  } finally {
    counter.onlyCount = false;
  }
}

const bench: Bench = {
  async about() {
    return { adapter: (await device()).report.description, onnxruntime: onnxruntimeVersion() };
  },
  async count(item, addresses, who) {
    const subject = await subjectOf(who, item, await filesOf(addresses));
    counter.onlyCount = true;
    try {
      // What is made once (pipelines, weights in another order) is not of each run.
      await subject.run();
      counter.reset();
      await subject.run();
      return counter.counts();
    } finally {
      counter.onlyCount = false;
    }
  },
  async commands(item, addresses, runs) {
    const files = await filesOf(addresses);
    return measureCommands([await subjectOf('ours', item, files), await subjectOf('captured', item, files)], runs);
  },
  async steps(item, runs) {
    return measureCommands([await training(item, 'ours'), await training(item, 'captured')], runs);
  },
  async compare(item, addresses, pair, runs) {
    const files = await filesOf(addresses);
    return measurePair([await subjectOf(pair[0], item, files), await subjectOf(pair[1], item, files)], runs, counter);
  },
  ops: ops.map(({ name, pass }) => ({ name, pass })),
  async op(place, runs) {
    const op = ops[place];
    if (op === undefined) throw new RangeError(`There are ${ops.length} passes of ops, and no number ${place}.`);
    return measureOp(op, runs, counter);
  },
};
Object.assign(window, { munitBench: bench });
