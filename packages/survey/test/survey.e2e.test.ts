/** The page in a real browser, and a crowd whose preferences are known, which the analysis must recover. */
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { Rng } from '@munit/core';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { analyzeSurvey } from '../src/analysis/analyze.js';
import { readSurveyAnswers } from '../src/node/readAnswers.js';
import type { SurveyAnswers } from '../src/types.js';
import { methodNames, ready, savedAnswers, shoot, type TestSurvey, useSurveys } from './browser.js';

const { survey, open } = useSurveys();

const strengths: Readonly<Record<string, number>> = { strong: 4, middle: 2, weak: 1 };

/** What somebody with these tastes prefers of each question: by its id, the address of an image. */
function tastes({ key, page }: TestSurvey, rng: Rng, looks: boolean): Record<string, string> {
  return Object.fromEntries(
    key.questions.map((question, i) => {
      const { images } = page.questions[i]!;
      if (!looks) return [question.input + images.join(), images[rng.integer(2)]!];
      if (question.kind === 'check') return [question.input + images.join(), question.right];
      const [a, b] = question.methods.map((method) => strengths[method]!);
      return [question.input + images.join(), question.images[rng.uniform() < a! / (a! + b!) ? 0 : 1]];
    }),
  );
}

/** Answers every question of the page by keys, as fast as it takes them, by what is seen: the addresses of the images. */
async function answerAll(page: Page, chosen: Readonly<Record<string, string>>): Promise<void> {
  await page.evaluate(async (choices) => {
    for (;;) {
      const images = [...document.querySelectorAll<HTMLImageElement>('.choice img')].map((image) => image.getAttribute('src')!);
      if (images.length === 0) return;
      const wanted = choices.find((choice) => images.includes(choice.images[0]!) && images.includes(choice.images[1]!));
      while (document.querySelector('.choice:enabled') === null) await new Promise((done) => setTimeout(done, 1));
      dispatchEvent(new KeyboardEvent('keydown', { key: images[0] === wanted!.chosen ? 'ArrowLeft' : 'ArrowRight' }));
    }
  }, Object.entries(chosen).map(([key, address]) => ({ images: key.replace(/^disc\d+\.png/, '').split(','), chosen: address })));
}

it('asks a crowd, from a file, and the analysis recovers what the crowd prefers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'munit-answers-'));
  const study = await survey('crowd', { size: { questions: 20, workersPerQuestion: 12, questionsPerWorker: 60 } });
  const rng = new Rng(11);
  for (const seat of study.page.seats.keys()) {
    const { page, context, errors } = await open(`${study.address}?seat=${seat + 1}&worker=person${seat + 1}`);
    await page.getByRole('button', { name: 'Start' }).click();
    await answerAll(page, tastes(study, rng, seat !== 5));
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    writeFileSync(join(folder, `${seat}.json`), await savedAnswers(page));
    expect(errors).toEqual([]);
    await context.close();
  }
  const answers = await readSurveyAnswers([folder]);
  rmSync(folder, { recursive: true });
  expect(answers.map(({ worker }) => worker).sort()).toEqual(Array.from({ length: 12 }, (_, i) => `person${i + 1}`).sort());
  const results = analyzeSurvey(study.key, answers);
  expect(results.failed).toEqual(['person6']);
  expect(results.votes).toBe(11 * 60);
  expect(results.methods.map(({ method }) => method)).toEqual(methodNames);
  expect(results.strengths!.map(({ method }) => method)).toEqual(methodNames);
  for (const { methods: [a, b], preferred } of results.pairs) {
    const truth = strengths[a]! / (strengths[a]! + strengths[b]!);
    expect([a, b, preferred.votes, preferred.interval.low < truth && truth < preferred.interval.high]).toEqual([a, b, 220, true]);
    // 3 deviations of 220 votes.
    expect(Math.abs(preferred.value - truth)).toBeLessThan(3 * Math.sqrt((truth * (1 - truth)) / 220));
  }
  // Each worker saw each method on the left as often as on the right.
  for (const { answers: own, worker } of answers) {
    const lefts = own.filter(({ question, side, chosen }) => {
      const asked = study.key.questions.find(({ id }) => id === question)!;
      if (asked.kind === 'check') return false;
      const left = side === 'left' ? chosen : asked.images.find((image) => image !== chosen)!;
      return asked.methods[asked.images.indexOf(left)] === 'strong';
    });
    expect([worker, lefts.length]).toEqual([worker, 20]); // of 40 questions with it
  }
});

it('is answered by keys, resumes where it was closed, and takes an answer back', async () => {
  const study = await survey('keys', { size: { questions: 4, workersPerQuestion: 1, checksPerWorker: 2 } });
  const { page, context } = await open(`${study.address}?seat=1`);
  await page.getByLabel('Your name').fill('Ada');
  await page.keyboard.press('Enter');
  await ready(page);
  expect(await page.locator('.count').textContent()).toBe('1 of 14');
  expect(await page.getByRole('button', { name: 'Back' }).isVisible()).toBe(false);
  for (const [i, key] of ['ArrowLeft', 'ArrowRight', '1', '2'].entries()) {
    await ready(page);
    await page.keyboard.press(key);
    await expect.poll(() => page.locator('.count').textContent()).toBe(`${i + 2} of 14`);
  }
  await ready(page);
  await page.keyboard.press('Backspace');
  await expect.poll(() => page.locator('.count').textContent()).toBe('4 of 14');
  await page.close();

  const again = await context.newPage();
  // The browser hands what one page has stored to the next in its own time.
  await expect.poll(async () => {
    await again.goto(`${study.address}?worker=Ada`);
    return again.getByRole('button', { name: 'Continue' }).isVisible();
  }, { timeout: 30_000 }).toBe(true);
  await again.getByRole('button', { name: 'Continue' }).click();
  await ready(again);
  expect(await again.locator('.count').textContent()).toBe('4 of 14');
  await again.getByRole('button', { name: 'The right one' }).focus();
  await again.keyboard.press('Enter');
  await expect.poll(() => again.locator('.count').textContent()).toBe('5 of 14');
  await answerAll(again, tastes(study, new Rng(1), true));
  await again.getByRole('heading', { name: 'Thank you' }).waitFor();
  const saved = JSON.parse(await savedAnswers(again)) as SurveyAnswers;
  expect(saved).toMatchObject({ survey: study.key.id, worker: 'Ada', seat: 1, total: 14 });
  expect(saved.answers.slice(0, 4).map(({ side }) => side)).toEqual(['left', 'right', 'left', 'right']);
  expect(new Set(saved.answers.map(({ question }) => question)).size).toBe(14);
  expect(await again.locator('.code').textContent()).toBe(saved.session);
  await context.close();
});

it.each([
  { name: 'light', options: {} },
  { name: 'dark', options: { colorScheme: 'dark' as const } },
  { name: 'phone', options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } },
  { name: 'phone-dark', options: { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, colorScheme: 'dark' as const } },
])('has nothing that axe objects to, fits the screen, and is answered by touch: $name', async ({ name, options }) => {
  const study = await survey(`axe-${name}`, { size: { questions: 2, workersPerQuestion: 1, checksPerWorker: 0 } });
  const { page, context } = await open(study.address, options);
  const check = async (screen: string): Promise<void> => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${screen}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    await shoot(page, `${name}-${screen}`);
  };
  await check('start');
  await page.getByLabel('Your name').fill('Grace');
  await page.getByRole('button', { name: 'Start' }).click();
  await ready(page);
  await check('question');
  // Input and both translations are in view at once.
  for (const image of await page.locator('.stage img').all()) {
    const box = (await image.boundingBox())!;
    expect(box.width).toBeGreaterThan(100);
    expect(box.y + box.height).toBeLessThanOrEqual(page.viewportSize()!.height);
  }
  for (let i = 0; i < 6; i++) {
    await ready(page);
    const choice = page.getByRole('button', { name: i % 2 === 0 ? 'The left one' : 'The right one' });
    await (options.hasTouch === true ? choice.tap() : choice.click());
  }
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  await check('thanks');
  await context.close();
});

it('posts the answers, keeps them while that fails, and says so', async () => {
  const received: string[] = [];
  let status = 500;
  const server = createServer((request, response) => {
    const cors = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'Content-Type' };
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.method === 'POST' && status === 200) received.push(body);
      response.writeHead(request.method === 'OPTIONS' ? 204 : status, cors).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const post = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answers`;
  const study = await survey('posted', { post, size: { questions: 2, workersPerQuestion: 1, checksPerWorker: 0 } });
  const { page, context } = await open(`${study.address}?worker=Lin&seat=1`);
  await page.getByRole('button', { name: 'Start' }).click();
  await answerAll(page, tastes(study, new Rng(1), true));
  await expect.poll(() => page.getByRole('alert').textContent()).toContain('could not be sent (The server answered 500.). They are kept in this browser.');
  status = 200;
  await page.reload();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect.poll(() => page.getByRole('status').textContent()).toBe('Your answers have arrived. You can close this page.');
  expect(received.map((body) => (JSON.parse(body) as SurveyAnswers).answers.length)).toEqual([6]);
  expect(JSON.parse(received[0]!)).toMatchObject({ worker: 'Lin', survey: study.key.id });
  await context.close();
  server.close();
});

it('takes no answer to an image that is not there', async () => {
  const study = await survey('broken', { size: { questions: 2, workersPerQuestion: 1, checksPerWorker: 0 } });
  const entry = study.page.seats[0]![0]!;
  unlinkSync(join(study.folder, study.page.questions[entry >> 1]!.images[0]));
  const { page, context } = await open(`${study.address}?worker=Lin&seat=1`);
  await page.getByRole('button', { name: 'Start' }).click();
  await expect.poll(() => page.getByRole('alert').textContent()).toContain('An image could not be loaded.');
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  expect(await page.locator('.count').textContent()).toBe('1 of 6');
  await context.close();
});
