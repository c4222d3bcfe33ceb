import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArgumentError, DataError, Rng } from '@munit/core';
import { decodeImage, encodeImage } from '@munit/images/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SurveyPage } from '../types.js';
import { readSurveyAnswers, readSurveyKey } from './readAnswers.js';
import { spoil } from './spoil.js';
import { writeSurvey } from './writeSurvey.js';

const work = mkdtempSync(join(tmpdir(), 'munit-survey-'));
const at = (path: string): string => join(work, path);
afterAll(() => rmSync(work, { recursive: true }));

async function paint(path: string, value: number, side = 20): Promise<void> {
  mkdirSync(join(at(path), '..'), { recursive: true });
  const data = new Uint8Array(side * side * 3).map((_, i) => (value + i) % 256);
  writeFileSync(at(path), await encodeImage({ width: side, height: side, channels: 3, data }, path.endsWith('.jpg') ? 'image/jpeg' : 'image/png'));
}

beforeAll(async () => {
  for (let i = 0; i < 12; i++) {
    await paint(`in/dir/cat${i}.jpg`, 10 * i);
    await paint(`ours/dir/cat${i}.png`, 10 * i + 3);
    for (let k = 0; k < 2; k++) await paint(`theirs/dir/cat${i}_${k}.png`, 10 * i + 50 + 7 * k);
  }
});

const methods = [{ name: 'ours', folder: at('ours') }, { name: 'theirs', folder: at('theirs') }];
const size = { questions: 12, workersPerQuestion: 2, questionsPerWorker: 6, checksPerWorker: 2 };
const pageOf = (folder: string): SurveyPage => JSON.parse(/id="survey-data">(.*?)<\/script>/s.exec(readFileSync(join(folder, 'index.html'), 'utf8'))![1]!) as SurveyPage;

describe('writeSurvey', () => {
  it('writes a page that knows nothing of methods, its key, and its links', async () => {
    const written = await writeSurvey({ inputs: at('in'), methods, out: at('study'), size, title: 'Cats </script> & more', seed: 3 });
    expect(written).toMatchObject({ folder: at('study'), key: at('study.key.json'), links: at('study.links.txt'), comparisons: 12, seats: 4, questionsPerSeat: 8, warnings: [] });
    expect(readdirSync(at('study')).sort()).toEqual(['images', 'index.html']);
    // Whoever serves the page may read it, as any folder that is made here.
    mkdirSync(at('usual'));
    for (const path of ['study', 'study/images']) expect(statSync(at(path)).mode).toBe(statSync(at('usual')).mode);
    rmSync(at('usual'), { recursive: true });
    const page = pageOf(at('study'));
    const key = await readSurveyKey(written.key);
    expect([page.id, page.title, page.questions.length, page.seats.length]).toEqual([key.id, 'Cats </script> & more', 16, 4]);
    const text = readFileSync(at('study/index.html'), 'utf8');
    for (const secret of ['ours', 'theirs', 'cat1', 'comparison']) expect(text.slice(text.indexOf('survey-data'), text.indexOf('</script>', text.indexOf('survey-data')))).not.toContain(secret);
    expect(readFileSync(written.links, 'utf8').trim().split('\n')).toEqual([1, 2, 3, 4].map((seat) => `index.html?seat=${seat}&worker=w${seat}`));

    // Every image of the page is there, and shows what the key says.
    const shows = async (path: string): Promise<number> => (await decodeImage(readFileSync(path))).pixels.data[0]!;
    let checks = 0;
    for (const [i, question] of key.questions.entries()) {
      const shown = page.questions[i]!;
      expect(shown.id).toBe(question.id);
      const number = Number(/cat(\d+)/.exec(question.input)![1]);
      expect(Math.abs((await shows(at(`study/${shown.input}`))) - 10 * number)).toBeLessThan(16); // a JPEG
      if (question.kind === 'check') {
        checks++;
        expect(shown.images).toContain(question.right);
        continue;
      }
      expect(shown.images).toEqual(question.images);
      for (const [k, method] of question.methods.entries()) {
        const values = method === 'ours' ? [10 * number + 3] : [10 * number + 50, 10 * number + 57];
        expect(values).toContain(await shows(at(`study/${question.images[k]!}`)));
      }
    }
    expect(checks).toBe(4);
  });

  it('is the same survey from the same seed', async () => {
    await writeSurvey({ inputs: at('in'), methods, out: at('again'), size, seed: 3, title: 'Cats </script> & more' });
    expect(readFileSync(at('again/index.html'), 'utf8')).toBe(readFileSync(at('study/index.html'), 'utf8'));
  });

  it('warns of inputs without a translation, images without an input, other sizes, and equal images', async () => {
    await paint('some/dir/cat0.png', 3);
    await paint('some/dir/cat2.png', 200);
    await paint('some/dir/cat1.png', 99, 24);
    await paint('some/dir/dog.png', 99);
    const { warnings } = await writeSurvey({ inputs: at('in'), methods: [methods[0]!, { name: 'some', folder: at('some') }], out: at('warned'), size: { ...size, questions: 3 } });
    expect(warnings).toEqual([
      "'some' has no translation of 9 of 12 inputs (dir/cat10.jpg, dir/cat11.jpg, dir/cat3.jpg …), which are left out where it takes part.",
      "Images of 'some' that are called as no input is are left out: 1 (dir/dog.png).",
      "1 of 3 questions about 'ours' and 'some' show the same image twice.",
      expect.stringMatching(/^Translations of different sizes may tell methods apart; questions that show some: 1 \(dir\/cat1\.jpg: (20×20 and 24×24|24×24 and 20×20)\)\.$/),
    ]);
  });

  it.each([
    ['a folder that is missing', { methods: [methods[0]!, { name: 'no', folder: at('no') }] }, DataError, 'no does not exist'],
    ['an empty folder', { methods: [methods[0]!, { name: 'empty', folder: at('empty') }] }, DataError, `The folder of 'empty', ${at('empty')} holds no images`],
    ['a folder of other images', { methods: [methods[0]!, { name: 'others', folder: at('others') }] }, DataError, "None of the 1 images of 'others'"],
    ['a broken image', { methods: [methods[0]!, { name: 'broken', folder: at('broken') }], size: { ...size, questions: 1 } }, DataError, 'cat0.png'],
    ['one folder twice', { methods: [methods[0]!, { name: 'copy', folder: at('ours') }] }, DataError, "translations of 'copy' and 'ours' are the same"],
    ['more questions than there are', { size: { ...size, questions: 25 } }, DataError, 'make 24 different comparisons, but 25 are required'],
    ['a folder in use', { out: at('study') }, ArgumentError, 'is not empty'],
    ['an address that is not one', { post: 'ftp://x' }, ArgumentError, "cannot be posted to 'ftp://x'"],
  ])('refuses %s, and leaves nothing behind', async (_, change, kind, problem) => {
    mkdirSync(at('empty'), { recursive: true });
    await paint('others/dog.png', 1);
    mkdirSync(at('broken/dir'), { recursive: true });
    writeFileSync(at('broken/dir/cat0.png'), 'not an image');
    const before = readdirSync(work).sort();
    const error = await writeSurvey({ inputs: at('in'), methods, out: at('refused'), size, ...change }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain(problem);
    expect(readdirSync(work).sort()).toEqual(before);
    expect(existsSync(at('refused'))).toBe(false);
  });

  it('stops, and leaves nothing behind', async () => {
    const controller = new AbortController();
    const before = readdirSync(work).sort();
    const stopped = writeSurvey({ inputs: at('in'), methods, out: at('stopped'), size, signal: controller.signal, onProgress: ({ done }) => done === 3 && controller.abort() });
    await expect(stopped).rejects.toThrow('Writing the survey was aborted.');
    expect(readdirSync(work).sort()).toEqual(before);
  });
});

describe('readSurveyAnswers', () => {
  const answers = {
    format: 'munit-survey-answers', version: 1, survey: 'x', worker: 'w', seat: 1, session: 's', startedAt: '2026-01-01T00:00:00.000Z', savedAt: '2026-01-01T00:00:00.000Z', total: 1,
    answers: [{ question: 'q', chosen: 'a', side: 'left', ms: 12 }],
  };

  it('reads files, folders, arrays and lines', async () => {
    mkdirSync(at('answers'), { recursive: true });
    writeFileSync(at('answers/one.json'), JSON.stringify(answers));
    writeFileSync(at('answers/two.json'), JSON.stringify([answers, answers]));
    writeFileSync(at('answers/notes.txt'), 'not answers');
    writeFileSync(at('lines.jsonl'), `${JSON.stringify(answers)}\n\n${JSON.stringify(answers)}\n`);
    const found = await readSurveyAnswers([at('answers'), at('lines.jsonl')]);
    expect(found).toEqual([answers, answers, answers, answers, answers]);
  });

  it.each([
    ['{', 'is not JSON'],
    ['{}', 'is not answers of a survey (format'],
    [JSON.stringify({ ...answers, seat: 'first' }), 'is not answers of a survey (seat'],
    [JSON.stringify({ ...answers, answers: [{ question: 'q', chosen: 'a', side: 'up', ms: 1 }] }), '(answers.0.side'],
  ])('names the file and the fault: %s', async (text, problem) => {
    writeFileSync(at('bad.json'), text);
    await expect(readSurveyAnswers([at('bad.json')])).rejects.toThrow(`${at('bad.json')} `);
    await expect(readSurveyAnswers([at('bad.json')])).rejects.toThrow(problem);
  });
});

it('spoils an image beyond mistaking it: another place for nearly every part', () => {
  const side = 50;
  const data = new Uint8Array(side * side).map((_, i) => (Math.floor((i % side) / 10) + 5 * Math.floor(i / side / 10)) * 10);
  const spoilt = spoil({ width: side, height: side, channels: 1, data }, new Rng(1));
  const means = Array.from({ length: 25 }, (_, tile) => {
    let sum = 0;
    for (let i = 0; i < 100; i++) sum += spoilt.data[(Math.floor(tile / 5) * 10 + Math.floor(i / 10)) * side + (tile % 5) * 10 + (i % 10)]!;
    return sum / 100;
  });
  // Noise of ±80 leaves means of 100 pixels within 5 of the tile's value, but for clipping at 0.
  expect(means.filter((mean, tile) => Math.abs(mean - tile * 10) < 5).length).toBeLessThan(8);
  expect([spoilt.width, spoilt.height, spoilt.data.length]).toEqual([side, side, side * side]);
});
