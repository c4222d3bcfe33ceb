/** JavaScript has no types to say that an option is misspelt: every call says so itself, before it does anything. */
import { existsSync } from 'node:fs';
import { ArgumentError } from '@munit/core';
import { expect, it } from 'vitest';
import { blobSource } from './browser/index.js';
import * as edges from './edges/index.js';
import * as data from './index.js';
import * as node from './node/index.js';
import { syntheticSource } from './synthetic/index.js';

/** As a program without types gives them. */
const given = (options: Record<string, unknown>): never => options as never;
const image = { width: 16, height: 16, channels: 1, data: new Uint8Array(256) } as const;
const files = { label: 'x', files: [], ignored: [] };

it.each<[what: string, call: () => unknown, meant: string]>([
  ['openUnpaired', () => node.openUnpaired({ a: 'nowhere', b: 'nowhere' }, given({ batch: 1, crop: 8, seed: 1 })), "openUnpaired: there is no option 'batch'."],
  ['UnpairedBatches', () => new data.UnpairedBatches(given({ source: {}, batchSize: 1, crop: 8, seed: 1 })), "Did you mean 'sources'?"],
  ['memorySource', () => data.memorySource([image], given({ name: ['a'] })), "Did you mean 'names'?"],
  ['blobSource', () => blobSource([new File([], 'a')], given({ chanels: 1 })), "Did you mean 'channels'?"],
  ['fileSource', () => node.fileSource(files, given({ channel: 1 })), "Did you mean 'channels'?"],
  ['syntheticSource', () => syntheticSource('a', given({ size: 32, seed: 1, counts: 4 })), "Did you mean 'count'?"],
  ['evaluationImages', async () => data.evaluationImages(data.memorySource([image]), given({ crops: 8 })).next(), "Did you mean 'crop'?"],
  ['displayBatch', () => data.displayBatch(data.memorySource([image]), 1, 8, given({ stirct: true })), "Did you mean 'strict'?"],
  ['lineDrawingOf', () => edges.lineDrawingOf(image, given({ blurr: 2 })), "Did you mean 'blur'?"],
  ['writeEdgeSet', () => node.writeEdgeSet('nowhere', 'nowhere', given({ sise: 64 })), "Did you mean 'size'?"],
  ['writeAnimalSet', () => node.writeAnimalSet('nowhere', given({ size: 32, seed: 1, counts: 4 })), "Did you mean 'count'?"],
  ['writeSyntheticSet', () => node.writeSyntheticSet('nowhere', given({ size: 32, seed: 1, count: 4, testcount: 2 })), "Did you mean 'testCount'?"],
  ['checkData', () => node.checkData('nowhere', given({ minside: 2 })), "Did you mean 'minSide'?"],
  ['DecodePool', () => new node.DecodePool(given({ process: 2 })), "Did you mean 'processes'?"],
])('an option that nothing reads is refused by %s, with what was meant', async (_, call, message) => {
  const error: unknown = await Promise.resolve().then(call).then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toContain(message);
  expect(existsSync('nowhere')).toBe(false);
});
