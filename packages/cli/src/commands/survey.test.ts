import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SurveyKey, SurveyPage } from '@munit/survey';
import { exitCodes } from '../exitCodes.js';
import { run } from '../run.js';

const work = mkdtempSync(join(tmpdir(), 'munit-cli-survey-'));
const at = (path: string): string => join(work, path);
afterAll(() => rmSync(work, { recursive: true }));
beforeAll(async () => {
  for (const [k, folder] of ['in', 'ours', 'theirs'].entries()) {
    mkdirSync(at(folder));
    for (let i = 0; i < 4; i++) await sharp({ create: { width: 16, height: 16, channels: 3, background: { r: 60 * k, g: 60 * i, b: 9 } } }).png().toFile(at(`${folder}/${i}.png`));
  }
});

async function munit(...args: string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const code = await run(args, { stdout: { write: (text) => (stdout += text) }, stderr: { write: (text) => (stderr += text) }, onInterrupt: () => () => undefined, exitNow: () => undefined });
  return { code, stdout, stderr };
}

it('makes a page, and reads what was answered', async () => {
  const made = await munit('survey', at('in'), `ours=${at('ours')}`, at('theirs'), '--out', at('study'), '--questions', '4', '--workers', '1', '--checks', '1', '--title', 'Ours or theirs?', '--json');
  expect([made.code, made.stderr]).toEqual([exitCodes.ok, '']);
  expect(JSON.parse(made.stdout)).toMatchObject({ folder: at('study'), comparisons: 4, seats: 1, questionsPerSeat: 5 });
  const page = JSON.parse(/id="survey-data">(.*?)<\/script>/s.exec(readFileSync(at('study/index.html'), 'utf8'))![1]!) as SurveyPage;
  expect([page.title, page.post]).toEqual(['Ours or theirs?', undefined]);

  // Three votes for theirs, one for ours.
  const { id, questions } = JSON.parse(readFileSync(at('study.key.json'), 'utf8')) as SurveyKey;
  let votes = 0;
  const answers = questions.map((question) => ({
    question: question.id,
    chosen: question.kind === 'check' ? question.right : question.images[question.methods.indexOf(votes++ === 0 ? 'ours' : 'theirs')]!,
    side: 'left',
    ms: 900,
  }));
  const times = { startedAt: '2026-01-01T10:00:00.000Z', savedAt: '2026-01-01T10:05:00.000Z' };
  writeFileSync(at('answers.json'), JSON.stringify({ format: 'munit-survey-answers', version: 1, survey: id, worker: 'ada', seat: 1, session: 'abc', ...times, total: 5, answers }));
  const read = await munit('survey', 'results', at('study.key.json'), at('answers.json'), '--json');
  expect([read.code, read.stderr]).toEqual([exitCodes.ok, '']);
  expect(JSON.parse(read.stdout)).toMatchObject({ votes: 4, failed: [], pairs: [{ methods: ['ours', 'theirs'], preferred: { value: 0.25, votes: 4 } }] });
  const withPage = await munit('survey', 'results', at('study.key.json'), at('answers.json'), '--html', at('pages/results.html'));
  expect(withPage.stdout).toContain(`The page: ${at('pages/results.html')}`);
  expect(readFileSync(at('pages/results.html'), 'utf8')).toContain('<span class="label">ours over theirs</span><span class="figure">25.0 %');
  expect((await munit('survey', 'results', at('study.key.json'), at('answers.json'))).stdout).toMatch(/^Ours or theirs\?: 4 votes of 1 workers\n[^]*ours over theirs {2}25\.0 %/);
});

it.each([
  [['survey', at('in'), at('ours'), '--out', at('x')], exitCodes.usage, 'at least two methods'],
  [['survey', at('in'), at('ours'), at('nowhere'), '--out', at('x')], exitCodes.data, `nowhere does not exist`],
  [['survey', at('in'), at('ours'), at('theirs')], exitCodes.usage, 'Give it by --out.'],
  [['survey', at('in'), at('ours'), at('theirs'), '--out', at('x'), '--questions', '5'], exitCodes.data, 'ask 4 questions'],
  [['survey', 'results', at('none.json'), at('answers.json')], exitCodes.data, 'none.json cannot be read'],
  [['survey', 'results', at('study.key.json'), at('study.key.json')], exitCodes.data, 'is not answers of a survey'],
  [['survey', 'results', at('study.key.json'), at('answers.json'), '--passing', '2'], exitCodes.usage, 'a number from 0 to 1'],
])('says what is wrong: %j', async (args, code, problem) => {
  const result = await munit(...args);
  expect([result.code, result.stdout]).toEqual([code, '']);
  expect(result.stderr).toContain(problem);
  expect(existsSync(at('x'))).toBe(false);
});
