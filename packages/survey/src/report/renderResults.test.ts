import { expect, it } from 'vitest';
import type { SurveyResults } from '../analysis/analyze.js';
import { renderResults } from './renderResults.js';

const share = (value: number, low: number, high: number, votes: number) => ({ value, votes, interval: { low, high, level: 0.95 } });
const worker = { session: 's', seat: 1, answers: 60, complete: true, checks: { right: 6, answered: 6 }, passed: true, leftShare: 0.5, medianSeconds: 2.04 } as const;
const results: SurveyResults = {
  title: 'Which <b>shoes</b>?',
  votes: 120,
  workers: [{ ...worker, worker: 'ada' }, { ...worker, worker: 'bob & co' }, { ...worker, worker: 'lazy', complete: false, checks: { right: 1, answered: 6 }, passed: false, leftShare: 1 }],
  failed: ['lazy'],
  failedLeftOut: true,
  pairs: [{ methods: ['x', 'y'], preferred: share(0.625, 0.5, 0.75, 40), agreement: { questions: 20, pairwise: 0.7, alpha: 0.25 } }],
  methods: ['x', 'y', 'z'].map((method, i) => ({ method, preferred: share(0.7 - 0.2 * i, 0.6 - 0.2 * i, 0.8 - 0.2 * i, 80), byWorker: [{ worker: 'ada', preferred: share(0.75 - 0.2 * i, 0.5, 0.9, 40) }] })),
  agreement: { questions: 60, pairwise: 0.65, alpha: 0.2 },
  strengths: [{ method: 'x', value: 1, interval: { low: 0.5, high: 2, level: 0.95 } }, { method: 'z', value: -1, interval: undefined }],
  warnings: ['3 of 60 questions have fewer counted answers than planned.'],
};

it('shows every figure with its interval, in text and in place, and fetches and runs nothing', () => {
  const page = renderResults(results);
  expect(page).toContain('<p>120 votes of 2 workers.</p>');
  expect(page).toContain('<span class="label">x over y</span><span class="figure">62.5 %, 50.0 % to 75.0 %, 40 votes</span>');
  expect(page).toContain('<i class="range" style="left:50.00%;width:25.00%"></i><i class="value" style="left:62.50%"></i>');
  expect(page).toContain('<i class="dot" style="left:75.00%"></i><i class="value" style="left:70.00%"></i>');
  // From −2 to 2, so that the mean strength is in the middle.
  expect(page).toContain('<span class="figure">1.00, 0.50 to 2.00</span><div class="track" aria-hidden="true"><i class="middle" style="left:50.00%"></i><i class="range" style="left:62.50%;width:37.50%"></i><i class="value" style="left:75.00%"></i>');
  expect(page).toContain('Two workers agree on 65.0 % of the 60 questions that both answered.');
  expect(page).toContain('<th scope="row">x and y</th><td>70.0 %</td><td>0.25</td><td>20</td>');
  expect(page).toContain('<tr class="failed"><th scope="row">lazy</th><td>60, not finished</td><td>1 of 6, failed</td><td>100.0 %</td><td>2.0 s</td><td>–</td>');
  expect(page).toContain('<th scope="row">ada</th><td>60</td><td>6 of 6</td><td>50.0 %</td><td>2.0 s</td><td>75.0 % of 40</td>');
  expect(page).toContain('Failed the attention checks, and are not counted: lazy.');
  expect(page).toContain('3 of 60 questions have fewer');
  expect(page).not.toMatch(/<script|src=|href=|<b>|bob & co/);
});

it('of two methods and no votes says what there is', () => {
  const two = renderResults({ ...results, methods: results.methods.slice(0, 2), strengths: undefined, agreement: undefined });
  expect(two).not.toContain('Bradley–Terry');
  expect(two).not.toContain('over all comparisons');
  expect(two).toContain('nothing can be said about their agreement');
  const none = renderResults({ ...results, votes: 0, pairs: [], methods: [] });
  expect(none).toContain('<h2>Workers</h2>');
  expect(none).not.toContain('<h2>Preferred');
});
