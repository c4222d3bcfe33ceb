/** JavaScript has no types to say that an option is misspelt: every call says so itself, before it does anything. */
import { existsSync } from 'node:fs';
import { ArgumentError } from '@munit/core';
import { expect, it } from 'vitest';
import { analyzeSurvey, planSurvey, surveyPresets } from './index.js';
import { matchFolders, writeSurvey } from './node/index.js';

/** As a program without types gives them. */
const given = (options: Record<string, unknown>): never => options as never;
const plain = { inputs: 'nowhere', methods: [], out: 'nowhere' };

it.each<[what: string, call: () => unknown, message: string]>([
  ['writeSurvey', () => writeSurvey(given({ ...plain, instruction: ['Look.'] })), "writeSurvey: there is no option 'instruction'. Did you mean 'instructions'?"],
  ['writeSurvey, a size', () => writeSurvey(given({ ...plain, size: { workers: 3 } })), "writeSurvey: size: there is no option 'workers'. Known options: questions, workersPerQuestion, questionsPerWorker, checksPerWorker."],
  ['writeSurvey, a preset', () => writeSurvey(given({ ...plain, preset: 'papr' })), "writeSurvey: 'preset' must be one of quick, paper, but it is 'papr'."],
  ['matchFolders', () => matchFolders('nowhere', [given({ name: 'ours', dir: 'x' })]), "A method: there is no option 'dir'. Known options: name, folder."],
  ['planSurvey', () => planSurvey(given({ ...surveyPresets.quick, methods: [], seed: 1, aginst: 'ours' })), "planSurvey: there is no option 'aginst'. Did you mean 'against'?"],
  ['analyzeSurvey', () => analyzeSurvey(given({}), [], given({ keepfailed: true })), "analyzeSurvey: there is no option 'keepfailed'. Did you mean 'keepFailed'?"],
])('what nothing reads is refused by %s', async (_, call, message) => {
  const error: unknown = await Promise.resolve().then(call).then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toContain(message);
  expect(existsSync('nowhere')).toBe(false);
});
