/** Results as text, for a terminal. */
import type { Interval } from '@munit/metrics';
import type { SurveyResults } from './analyze.js';
import type { VoteShare } from './intervals.js';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const shown = ({ value, interval, votes }: VoteShare): string => `${percent(value)} (${percent(interval.low)} to ${percent(interval.high)}; ${votes} votes)`;
const number = (value: number): string => value.toFixed(2);
const range = (interval: Interval | undefined): string => (interval === undefined ? '' : ` (${number(interval.low)} to ${number(interval.high)})`);

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length))) ?? [];
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()}`);
}

/** The results as lines of text: percentages with their 95 % intervals, agreement, the scale, workers and warnings. */
export function formatResults(results: SurveyResults): string {
  const { title, votes, workers, failed, failedLeftOut, pairs, methods, agreement, strengths, warnings } = results;
  const lines = [`${title}: ${votes} votes of ${workers.length - (failedLeftOut ? failed.length : 0)} workers`, '', 'Preferred, with 95 % intervals'];
  lines.push(...table(pairs.map(({ methods: [a, b], preferred }) => [`${a} over ${b}`, shown(preferred)])));
  if (methods.length > 2) lines.push('', 'Preferred over all comparisons', ...table(methods.map(({ method, preferred }) => [method, shown(preferred)])));
  if (strengths !== undefined) {
    lines.push('', 'Bradley–Terry scale (natural logarithm of the strength, mean 0)');
    lines.push(...table(strengths.map(({ method, value, interval }) => [method, `${number(value)}${range(interval)}`])));
  }
  if (agreement !== undefined) {
    const alphas = pairs.flatMap(({ methods: [a, b], agreement: own }) => (own?.alpha === undefined ? [] : [`${a} and ${b} ${number(own.alpha)}`]));
    lines.push('', `Two workers agree on ${percent(agreement.pairwise)} of the questions${alphas.length === 0 ? '' : `; Krippendorff's α: ${alphas.join(', ')}`}`);
  }
  lines.push('', 'Workers');
  lines.push(
    ...table([
      ['name', 'answers', 'checks', 'left', 'median', methods[0] === undefined ? '' : `prefers ${methods[0].method}`],
      ...workers.map(({ worker, answers, complete, checks, passed, leftShare, medianSeconds }) => {
        const own = methods[0]?.byWorker.find((one) => one.worker === worker);
        const verdict = passed === false ? ' FAILED' : '';
        return [worker, `${answers}${complete ? '' : ' (not finished)'}`, `${checks.right} of ${checks.answered}${verdict}`, percent(leftShare), `${medianSeconds.toFixed(1)} s`, own === undefined ? '' : shown(own.preferred)];
      }),
    ]),
  );
  if (failed.length > 0) lines.push('', `Failed the attention checks${failedLeftOut ? ', and are not counted' : ', but are counted'}: ${failed.join(', ')}`);
  if (warnings.length > 0) lines.push('', ...warnings.map((warning) => `Note: ${warning}`));
  return `${lines.join('\n')}\n`;
}
