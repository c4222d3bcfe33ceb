/** What a campaign has tried and what failed: progress while it lasts, a summary at its end, at whatever moment that comes. */
import { note, seconds } from '../lib/say.mjs';

/**
 * @typedef {{ trial: number, what: string, detail?: string, reproduce: string }} Failure
 * @typedef {object} Summary
 * @property {string} campaign
 * @property {number} seed
 * @property {number} tries
 * @property {Record<string, number>} counts What happened in the tries.
 * @property {number} failures
 * @property {Failure[]} failed The first of them.
 * @property {boolean} complete
 * @property {number} next The number of the first trial that was not made: continue with `--from`.
 * @property {number} seconds
 */

/** More say nothing new, and the summary stays readable. */
const mostListed = 100;
const progressEvery = 10_000;

/**
 * @param {{ campaign: string, seed: number, total: number, from: number, reproduce?: string }} about `total` is the number of the last trial and one more;
 *   `reproduce` are options that a failure needs besides seed and number
 */
export function openLedger({ campaign, seed, total, from, reproduce = '' }) {
  const start = Date.now();
  /** @type {Failure[]} */
  const failed = [];
  /** @type {Record<string, number>} */
  const counts = {};
  let [tries, failures, next, shown, last, complete] = [0, 0, from, start, start, false];
  return {
    /** Another trial is over. @param {number} trial */
    tried(trial) {
      tries++;
      next = trial + 1;
      last = Date.now();
      if (last - shown < progressEvery) return;
      shown = last;
      // A call may stand for several trials.
      const left = ((shown - start) / (next - from)) * (total - next);
      note(`${campaign}: ${next} of ${total}, ${failures} failed, ${seconds(shown - start)}, about ${seconds(left)} left`);
    },
    /** @param {string} what @param {number} [number] */
    count(what, number = 1) {
      counts[what] = (counts[what] ?? 0) + number;
    },
    /** The most of something. @param {string} what @param {number} value */
    most(what, value) {
      counts[what] = Math.max(counts[what] ?? 0, value);
    },
    /** @param {number} trial @param {string} what @param {string} [detail] */
    fail(trial, what, detail) {
      failures++;
      const command = `npm run campaign -- ${campaign} --seed ${seed} --from ${trial} --count 1${reproduce}`;
      note(`${campaign}: trial ${trial} failed: ${what}${detail === undefined ? '' : `\n${detail}`}\n  ${command}`);
      if (failed.length < mostListed) failed.push({ trial, what, ...(detail === undefined ? {} : { detail: detail.slice(0, 2000) }), reproduce: command });
    },
    /** All trials were made. */
    finish() {
      complete = true;
    },
    /** @returns {Summary} */
    summary: () => ({ campaign, seed, tries, counts, failures, failed, complete, next, seconds: Math.round((last - start) / 1000) }),
  };
}

/** @typedef {ReturnType<typeof openLedger>} Ledger */
