/** JavaScript has no types to say that an option is misspelt: every call says so itself, before it does anything. */
import { existsSync } from 'node:fs';
import { MessageChannel } from 'node:worker_threads';
import { ArgumentError } from '@munit/core';
import { expect, it } from 'vitest';
import * as browser from './browser.js';
import * as node from './node.js';
import * as worker from './worker/index.js';

/** As a program without types gives them. */
const given = (options: Record<string, unknown>): never => options as never;

it.each<[what: string, call: () => unknown, meant: string]>([
  ['runTraining', () => node.runTraining(given({ folder: 'nowhere', pre_set: 'quick' })), "runTraining: there is no option 'pre_set'. Did you mean 'preset'?"],
  ['openTraining', () => browser.openTraining(given({ set: { synthetic: { count: 4, size: 16 } } })), "Did you mean 'sets'?"],
  ['TrainingClient', () => new worker.TrainingClient(new MessageChannel().port1, given({ onEvents: () => 0 })), "Did you mean 'onEvent'?"],
  ['serveTraining', () => worker.serveTraining(given({ ned: 1 })), "there is no option 'ned'."],
  ['exportModel', () => node.exportModel(given({ run: 'nowhere', out: 'x', checkpont: 'best' })), "Did you mean 'checkpoint'?"],
  ['modelOfRun', () => node.modelOfRun(given({ run: 'nowhere', devcie: 'cpu' })), "Did you mean 'device'?"],
  ['evaluateRun', () => node.evaluateRun(given({ folder: 'nowhere', input: 4, styles: 2, seed: 1 })), "Did you mean 'inputs'?"],
  ['exportRun', () => node.exportRun(given({ run: 'nowhere', out: 'x', step: 4 })), "Did you mean 'steps'?"],
  ['importRun', () => node.importRun(given({ form: 'nowhere', run: 'x' })), "Did you mean 'from'?"],
])('an option that nothing reads is refused by %s, with what was meant', async (_, call, message) => {
  const error: unknown = await Promise.resolve().then(call).then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toContain(message);
  expect(existsSync('nowhere')).toBe(false);
});
