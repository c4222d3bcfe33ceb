/** The results of a preference test as one page: nothing is fetched, and it needs no script. */
import type { MethodResult, SurveyResults } from '../analysis/analyze.js';
import type { VoteShare } from '../analysis/intervals.js';
import type { WorkerReport } from '../analysis/workers.js';
import { escaped, percent, row, type Scale, table, track } from './marks.js';
import { style } from './style.js';

const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const shares: Scale = { from: 0, to: 1, middle: 0.5 };

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
const shown = ({ value, interval, votes }: VoteShare): string => `${percent(value)}, ${percent(interval.low)} to ${percent(interval.high)}, ${count(votes, 'vote')}`;
const ends = (left: string, right: string): string => `<p class="ends" aria-hidden="true"><span>${escaped(left)}</span><span>${escaped(right)}</span></p>`;

function pairsOf({ pairs }: SurveyResults): string {
  const rows = pairs.map(({ methods: [a, b], preferred }) => row(`${a} over ${b}`, shown(preferred), track(preferred, shares)));
  return `<section><h2>Preferred, pair by pair</h2><p class="soft">Share of votes for the first method of each pair. The bar is the 95 % interval, over inputs and workers; where it crosses the dashed line at 50 %, the votes do not decide.</p><ul>${rows.join('')}</ul>${ends('0 %', '100 %')}</section>`;
}

function methodsOf({ methods }: SurveyResults): string {
  const rows = methods.map(({ method, preferred, byWorker }) => row(method, shown(preferred), track({ ...preferred, dots: byWorker.map((one) => one.preferred.value) }, shares)));
  return `<section><h2>Preferred over all comparisons</h2><p class="soft">Share of the votes in which a method took part. Small dots are single workers.</p><ul>${rows.join('')}</ul>${ends('0 %', '100 %')}</section>`;
}

function scaleOf({ strengths }: SurveyResults): string {
  if (strengths === undefined) return '';
  const values = strengths.flatMap(({ value, interval }) => [value, interval?.low ?? value, interval?.high ?? value]);
  const reach = Math.max(0.5, ...values.map(Math.abs));
  const number = (value: number): string => value.toFixed(2).replace('-', '−');
  const rows = strengths.map(({ method, value, interval }) => row(method, `${number(value)}${interval === undefined ? '' : `, ${number(interval.low)} to ${number(interval.high)}`}`, track({ value, interval }, { from: -reach, to: reach, middle: 0 })));
  return `<section><h2>Bradley–Terry scale</h2><p class="soft">One scale for all methods: the natural logarithm of a method's strength, mean 0, with 95 % intervals. A lead of 1.1 wins three of four comparisons.</p><ul>${rows.join('')}</ul>${ends(number(-reach), number(reach))}</section>`;
}

function agreementOf({ agreement, pairs }: SurveyResults): string {
  if (agreement === undefined) return '<section><h2>Agreement</h2><p>No question has answers of two workers, so nothing can be said about their agreement.</p></section>';
  const alpha = (value: number | undefined): string => (value === undefined ? 'undefined: all answers are one' : value.toFixed(2));
  const rows = pairs.flatMap(({ methods: [a, b], agreement: own }) => (own === undefined ? [] : [{ cells: [`${a} and ${b}`, percent(own.pairwise), alpha(own.alpha), String(own.questions)], marked: false }]));
  return `<section><h2>Agreement</h2><p>Two workers agree on ${percent(agreement.pairwise)} of the ${count(agreement.questions, 'question')} that both answered.</p><p class="soft">Krippendorff's α is 1 where all agree and 0 where they agree as often as chance would. Low values are usual where tastes differ, and where two methods are alike.</p>${table('Agreement by pair', ['pair', 'agree', 'α', 'questions'], rows)}</section>`;
}

function workersOf({ workers, methods, failedLeftOut }: SurveyResults): string {
  const own = (worker: string, { byWorker }: MethodResult): string => {
    const found = byWorker.find((one) => one.worker === worker)?.preferred;
    return found === undefined ? '–' : `${percent(found.value)} of ${found.votes}`;
  };
  const cells = ({ worker, answers, complete, checks, passed, leftShare, medianSeconds }: WorkerReport): string[] => [
    worker,
    `${answers}${complete ? '' : ', not finished'}`,
    `${checks.right} of ${checks.answered}${passed === false ? ', failed' : ''}`,
    percent(leftShare),
    `${medianSeconds.toFixed(1)} s`,
    ...methods.map((method) => own(worker, method)),
  ];
  const head = ['worker', 'answers', 'checks', 'left', 'median time', ...methods.map(({ method }) => `for ${method}`)];
  return `<section><h2>Workers</h2><p class="soft">Attention checks answered correctly, the share of answers that took the left image (sides are balanced: about half), and the share of a worker's votes for each method.${failedLeftOut ? ' Workers who failed the checks are not counted.' : ''}</p>${table('Workers', head, workers.map((worker) => ({ cells: cells(worker), marked: worker.passed === false })))}</section>`;
}

/**
 * The page of the results of a preference test: percentages preferred with intervals, by pair, method and worker, the Bradley–Terry scale,
 * agreement, and notes. One file, to be opened or put anywhere; it names workers as the answers do.
 */
export function renderResults(results: SurveyResults): string {
  const { title, votes, workers, failed, failedLeftOut, methods, warnings } = results;
  const counted = workers.length - (failedLeftOut ? failed.length : 0);
  const summary = `${count(votes, 'vote')} of ${count(counted, 'worker')}.`;
  const notes = [
    ...(failed.length === 0 ? [] : [`Failed the attention checks${failedLeftOut ? ', and are not counted' : ', but are counted'}: ${failed.join(', ')}.`]),
    ...warnings,
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>Results: ${escaped(title)}</title><style>${style}</style></head>
<body><main><h1>${escaped(title)}</h1><p>${escaped(summary)}</p>${notes.map((note) => `<p class="note">${escaped(note)}</p>`).join('')}
${votes === 0 ? '' : `${pairsOf(results)}${methods.length > 2 ? methodsOf(results) : ''}${scaleOf(results)}${agreementOf(results)}`}${workersOf(results)}</main></body></html>
`;
}
