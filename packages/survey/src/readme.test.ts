/** The example of the README is this file, word for word, and it runs. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeImage } from '@munit/images/node';
import { afterAll, expect, it, vi } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const here = process.cwd();
const work = mkdtempSync(join(tmpdir(), 'munit-survey-readme-'));
afterAll(() => {
  process.chdir(here);
  rmSync(work, { recursive: true });
});

it('makes a survey and reads its answers', async () => {
  expect(readme).toContain(`\`\`\`ts\n${readFileSync(new URL('../test/examples/survey.ts', import.meta.url), 'utf8')}\`\`\``);
  process.chdir(work);
  const names = Array.from({ length: 8 }, (_, i) => `cat${i}.png`);
  for (const [k, folder] of ['inputs', 'out/munit', 'out/cyclegan'].entries()) {
    mkdirSync(folder, { recursive: true });
    for (const [i, name] of names.entries()) {
      const data = new Uint8Array(300).map((_, byte) => 20 * i + 50 * k + (byte % 7));
      writeFileSync(join(folder, name), await encodeImage({ width: 10, height: 10, channels: 3, data }, 'image/png'));
    }
  }
  // Somebody who has answered already: the same folders and seed give the same survey.
  mkdirSync('answers');
  const print = vi.spyOn(console, 'debug').mockReturnValue();
  const { writeSurvey, readSurveyKey } = await import('./node/index.js');
  const methods = ['munit', 'cyclegan'].map((name) => ({ name, folder: `out/${name}` }));
  await writeSurvey({ inputs: 'inputs', methods, out: 'first', size: { questions: 8 } });
  const key = await readSurveyKey('first.key.json');
  const answers = key.questions.map((question) => ({
    question: question.id,
    chosen: question.kind === 'check' ? question.right : question.images[question.methods.indexOf('munit')]!,
    side: 'left',
    ms: 1500,
  }));
  const times = { startedAt: '2026-01-01T10:00:00.000Z', savedAt: '2026-01-01T10:05:00.000Z' };
  writeFileSync('answers/ada.json', JSON.stringify({ format: 'munit-survey-answers', version: 1, survey: key.id, worker: 'ada', seat: 1, session: 'abc', ...times, total: answers.length, answers }));

  await import('../test/examples/survey.js');
  const lines = print.mock.calls.map((values) => values.map(String).join(' '));
  print.mockRestore();
  expect(lines[0]).toBe('8 comparisons for 3 workers');
  expect(lines[1]).toMatch(/^munit over cyclegan 1 /);
  expect(lines[2]).toMatch(/munit over cyclegan {2}100\.0 % \(67\.6 % to 100\.0 %; 8 votes\)/); // Wilson's interval of 8 of 8
});
