/** JavaScript has no types to say that an option is misspelt: every call says so itself, before it does anything. */
import { existsSync } from 'node:fs';
import { ArgumentError } from '@munit/core';
import { expect, it } from 'vitest';
import { modelFor, tiny } from '../test/models.js';
import * as formats from './index.js';
import * as node from './node/index.js';

/** As a program without types gives them. */
const given = (options: Record<string, unknown>): never => options as never;
const model = modelFor(tiny);
const networks = { a: model.networks.a, b: model.networks.b };
const forward = { kind: 'translator', architecture: { method: 'cyclegan' }, weights: new Map() } as unknown as formats.TranslatorCheckpoint;
const nothing = new Uint8Array();

it.each<[what: string, call: () => unknown, message: string]>([
  ['loadModel', () => formats.loadModel(nothing, given({ verfy: false })), "loadModel: there is no option 'verfy'. Did you mean 'verify'?"],
  ['loadModel, a hint', () => formats.loadModel(nothing, { hints: given({ activaton: 'lrelu' }) }), "loadModel: hints: there is no option 'activaton'. Did you mean 'activation'? Known options: activation, padMode, norm."],
  ['loadModel in Node', () => node.loadModel('https://nowhere.example/m/', given({ timeout: 5 })), "loadModel: there is no option 'timeout'."],
  ['loadModel in Node, a folder', () => node.loadModel('.', given({ dtype: 'float16' })), "loadModel: there is no option 'dtype'."],
  ['loadModelFrom', () => formats.loadModelFrom({ where: 'x', single: undefined, read: () => Promise.resolve(undefined) }, given({ maxbytes: 5 })), "Did you mean 'maxBytes'?"],
  ['writeModel', () => node.writeModel('nowhere', model, given({ dtpye: 'float16' })), "writeModel: there is no option 'dtpye'. Did you mean 'dtype'?"],
  ['packModel', () => formats.packModel(model, given({ overwrite: true })), "packModel: there is no option 'overwrite'. Known options: dtype."],
  ['readTorch', () => formats.readTorch(nothing, given({ verifyChecksum: false })), "Did you mean 'verifyChecksums'?"],
  ['readCheckpoint', () => formats.readCheckpoint(nothing, given({ padmode: 'zero' })), "readCheckpoint: there is no option 'padmode'. Did you mean 'padMode'? Known options: maxBytes, verifyChecksums, activation, padMode, norm."],
  ['recognizeCheckpoint', () => formats.recognizeCheckpoint(new Map(), given({ pad_type: 'zero' })), "recognizeCheckpoint: there is no option 'pad_type'."],
  ['inferGenerator', () => formats.inferGenerator(networks, given({ active: 'relu' })), "inferGenerator: there is no option 'active'."],
  ['inferDiscriminator', () => formats.inferDiscriminator(networks, given({ norms: 'sn' })), "Did you mean 'norm'?"],
  ['readFeatureWeights', () => formats.readFeatureWeights(nothing, given({ preprocess: 'caffe' })), "readFeatureWeights: there is no option 'preprocess'."],
  ['modelOf', () => formats.modelOf({ kind: 'generator', architecture: tiny, networks, ignored: { a: [], b: [] } }, given({ domain: {} })), "Did you mean 'domains'?"],
  ['modelOfTranslators', () => formats.modelOfTranslators({ forward }, given({ licence: 'MIT' })), "Did you mean 'license'?"],
])('an option that nothing reads is refused by %s', async (_, call, message) => {
  const error: unknown = await Promise.resolve().then(call).then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toContain(message);
  expect(existsSync('nowhere')).toBe(false);
});

it('an option that is undefined is left out', () => {
  const file = formats.writeTorch(new Map([['conv1_1.bias', formats.float32Tensor([2], Float32Array.of(1, 2))]]));
  expect(formats.readCheckpoint(file, { maxBytes: undefined, verifyChecksums: undefined }).kind).toBe('state-dict');
});
