/** Each file operation of a command fails once, as on a full and as on a broken disk: the error is named, and nothing is lost. */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRaw, munit, tail } from './child.mjs';
import { subjects } from './disk/subjects.mjs';
import { openShim } from './faults.mjs';
import { leftoversIn } from './kill.mjs';
import { openLedger } from './ledger.mjs';

/** @typedef {import('./options.mjs').Context} Context @typedef {import('./faults.mjs').Shim} Shim @typedef {import('./disk/subjects.mjs').Subject} Subject */
/** @typedef {{ subject: Subject, base: string, wanted: Record<string, string>, at: number, error: 'ENOSPC' | 'EIO' }} Trial */

export const disk = { about: 'a disk that is full, or fails, at each file operation of a command', count: 1_000_000, short: 4, run };

/** Two that need little to be prepared. */
const inShort = ['run', 'convert-file'];

/** Named errors of images, of what the user gave, and of run folders and models; anything else is unforeseen. */
const namedCodes = [2, 3, 5];

/** @param {Context} context */
async function run(context) {
  const { work, seed, from, count, only, stop, report, munit: { library } } = context;
  const shim = await openShim(work);
  const ledger = report(openLedger({ campaign: 'disk', seed, total: from + count, from, reproduce: only.length === 0 ? '' : ` --only ${only.join(',')}` }));
  if (shim === undefined) {
    ledger.count('not possible here: it needs Linux and a C compiler');
    return ledger.finish();
  }
  const trials = await prepare(context, shim);
  for (const { subject, at } of trials) ledger.most(`operations of ${subject.name}`, at);
  // In a seeded order, so that a part of the trials is a sample of all.
  const order = new library.Rng(seed).permutation(trials.length).slice(from, from + count);
  for (const [i, index] of order.entries()) {
    const trial = /** @type {Trial} */ (trials[index]);
    const problems = await attempt(trial, { ...context, shim, count: (what) => ledger.count(`${trial.subject.name}: ${what}`) });
    if (stop.aborted) return;
    for (const { what, detail } of problems) ledger.fail(from + i, `${trial.subject.name}, ${trial.error} at operation ${trial.at}: ${what}`, detail);
    ledger.tried(from + i);
  }
  ledger.finish();
}

/** Every operation of every command, with both errors. @param {Context} context @param {Shim} shim @returns {Promise<Trial[]>} */
async function prepare({ munit: { main }, work, only, short, stop }, shim) {
  /** @type {Trial[]} */
  const trials = [];
  const chosen = only.length > 0 ? only : short ? inShort : subjects.map(({ name }) => name);
  for (const subject of subjects.filter(({ name }) => chosen.includes(name))) {
    const base = join(work, `${subject.name}-base`);
    await subject.prepare(base, main);
    const folder = join(work, 'trial');
    fresh(base, folder);
    shim.arm(folder);
    const ended = await munit(main, subject.args(folder), { env: shim.env, stop });
    if (ended.code !== 0) throw new Error(`${subject.name}, undisturbed, ${tail(ended)}`);
    const { count } = shim.read();
    const wanted = subject.results(folder);
    for (let at = 1; at <= count; at++) for (const error of /** @type {const} */ (['ENOSPC', 'EIO'])) trials.push({ subject, base, wanted, at, error });
  }
  return trials;
}

/** @param {string} base @param {string} folder */
function fresh(base, folder) {
  rmSync(folder, { recursive: true, force: true });
  cpSync(base, folder, { recursive: true });
}

/**
 * One fault, and the same command again without it.
 * @param {Trial} trial
 * @param {Omit<Context, 'count'> & { shim: Shim, count: (what: string) => void }} context
 * @returns {Promise<{ what: string, detail?: string }[]>}
 */
async function attempt({ subject, base, wanted, at, error }, { munit: { main }, work, shim, stop, count }) {
  const folder = join(work, 'trial');
  fresh(base, folder);
  shim.arm(folder, { at, mode: 'fail', error });
  const ended = await munit(main, subject.args(folder), { env: shim.env, stop });
  const { fired, operation } = shim.read();
  if (stop.aborted) return [];
  if (!fired) {
    count('operations that did not come');
    return [];
  }
  count(ended.code === 0 ? `done in spite of a failed ${operation.slice(0, operation.indexOf(' /'))}` : `ended with ${ended.code ?? ended.signal}`);
  const where = `${operation.replaceAll(folder, '')}\n${tail(ended).replaceAll(folder, '')}`;
  /** @type {{ what: string, detail?: string }[]} */
  const problems = [];
  /** @param {string} what */
  const problem = (what) => problems.push({ what, detail: where });
  if (ended.late) problem('it did not end');
  else if (isRaw(ended.stderr)) problem('a raw error');
  else if (ended.code !== 0 && !namedCodes.includes(ended.code ?? -1)) problem(`exit code ${ended.code ?? ended.signal}`);
  else if (ended.code !== 0 && !/^(munit|Not translated): /m.test(ended.stderr)) problem('no error is named');
  if (existsSync(join(folder, 'run', 'run.lock')) && !operation.includes('run.lock')) problem('the lock is left');
  const found = subject.results(folder);
  // Everything that has its final name is whole; what a run has at its end cannot be compared before that.
  const torn = Object.keys(found).filter((name) => subject.isWhole.test(name) && found[name] !== wanted[name]);
  if (torn.length > 0) problem(`not what it should be: ${torn.join(', ')}`);

  shim.arm('');
  const again = await munit(main, subject.again(folder, ended.code === 0), { env: shim.env, stop });
  if (stop.aborted) return [];
  if (again.code !== 0) problems.push({ what: 'it does not work again afterwards', detail: `${where}\nthen ${tail(again).replaceAll(folder, '')}` });
  else {
    const results = subject.results(folder);
    const different = [...new Set([...Object.keys(wanted), ...Object.keys(results)])].filter((name) => wanted[name] !== results[name]);
    if (different.length > 0) problem(`other results afterwards: ${different.join(', ')}`);
    const left = leftoversIn(folder).filter((name) => !subject.mayLeave.test(name));
    if (left.length > 0) problem(`left behind: ${left.join(', ')}`);
  }
  return problems;
}
