/** Damaged files of every kind that munit reads: each loads, or is refused by an error of ours, in bounded time and memory. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openLedger } from './ledger.mjs';
import { families } from './mutants/families.mjs';
import { imageFormats } from './mutants/images.mjs';

/** @typedef {import('./options.mjs').Context} Context @typedef {import('./ledger.mjs').Ledger} Ledger */

export const mutants = { about: 'damaged files of each kind that munit reads', count: 100_000, short: 100, run };

/** A mutant, or a batch of images, that takes longer hangs. */
const deadlineMs = 20_000;
/** More than any reader of files of a megabyte may take. */
const memoryBytes = 768 * 2 ** 20;
/** Images are decoded in another process, one after the other, which takes milliseconds each. */
const imageShare = 0.05;

/** @param {Context} context */
async function run({ munit, work, seed, from, count, only, short, stop, report }) {
  const unknown = only.filter((name) => !Object.hasOwn(families, name));
  if (unknown.length > 0) throw new Error(`There is no family ${unknown.join(', ')}; there are ${Object.keys(families).join(', ')}.`);
  for (const name of Object.keys(families)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const isImage = imageFormats.some((format) => format === name);
    const number = isImage ? Math.max(1, Math.ceil(count * (short ? 0.2 : imageShare))) : count;
    const ledger = report(openLedger({ campaign: 'mutants', seed, total: from + number, from, reproduce: ` --only ${name}` }));
    ledger.count(name, 0);
    await readAll({ name, library: new URL(`file://${join(munit.folder, 'munit', 'dist', 'library.js')}`).href, work, seed, from, to: from + number }, ledger, stop);
    if (stop.aborted) return;
    ledger.finish();
  }
}

/**
 * All mutants of a family; a thread that hangs or dies is replaced by another, which continues with the next mutant.
 * @param {{ name: string, library: string, work: string, seed: number, from: number, to: number }} task
 * @param {Ledger} ledger
 * @param {AbortSignal} stop
 */
async function readAll(task, ledger, stop) {
  let { from } = task;
  while (from < task.to && !stop.aborted) {
    const last = await readInThread({ ...task, from }, ledger, stop);
    if (last < from && !stop.aborted) throw new Error(`The family ${task.name} cannot be prepared: what it needs fails already.`);
    from = last + 1;
  }
}

/**
 * @param {{ name: string, library: string, work: string, seed: number, from: number, to: number }} task
 * @param {Ledger} ledger
 * @param {AbortSignal} stop
 * @returns {Promise<number>} the number of the last mutant that was read
 */
function readInThread(task, ledger, stop) {
  return new Promise((resolve) => {
    const clock = new SharedArrayBuffer(8);
    const state = new Int32Array(clock);
    state[0] = task.from - 1;
    const worker = new Worker(new URL('./mutants/worker.mjs', import.meta.url), { workerData: { ...task, clock }, resourceLimits: { maxOldGenerationSizeMb: 1024 } });
    let [done, accepted, turn, since, before] = [task.from, 0, -1, Date.now(), process.memoryUsage.rss()];
    let isOver = false;
    /** @param {number} number @param {string} [what] @param {string} [detail] */
    const end = (number, what, detail) => {
      if (isOver) return;
      isOver = true;
      clearInterval(watch);
      if (what !== undefined) ledger.fail(number, `${task.name}: ${what}`, detail);
      count(Math.min(task.to, number + 1), accepted);
      void worker.terminate().then(() => resolve(number));
    };
    /** @param {number} to @param {number} loaded */
    const count = (to, loaded) => {
      for (; done < to; done++) ledger.tried(done);
      ledger.count(`${task.name} accepted`, loaded - accepted);
      accepted = loaded;
    };
    const watch = setInterval(() => {
      const [number, now] = [Atomics.load(state, 0), Atomics.load(state, 1)];
      const rss = process.memoryUsage.rss();
      if (stop.aborted) end(done - 1);
      else if (now !== turn) [turn, since, before] = [now, Date.now(), rss];
      else if (now > 0) {
        ledger.most(`${task.name} slowest, ms`, Date.now() - since);
        ledger.most(`${task.name} grown, MiB`, Math.round((rss - before) / 2 ** 20));
        if (Date.now() - since > deadlineMs) end(number, `not read after ${deadlineMs / 1000} s`);
        else if (rss - before > memoryBytes) end(number, `${Math.round((rss - before) / 2 ** 20)} MiB of memory`);
      }
    }, 50);
    worker.on('message', (/** @type {{ number?: number, what?: string, detail?: string, done?: number, accepted?: number, over?: true }} */ message) => {
      if (message.what !== undefined) ledger.fail(message.number ?? -1, `${task.name}: ${message.what}`, message.detail);
      else if (message.done !== undefined) count(message.done, message.accepted ?? 0);
      else if (message.over === true) end(task.to - 1);
    });
    worker.on('error', (error) => end(Atomics.load(state, 0), 'the thread has died', error.stack));
    worker.on('exit', () => end(Atomics.load(state, 0), 'the thread has ended'));
  });
}
