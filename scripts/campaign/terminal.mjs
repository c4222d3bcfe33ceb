/** Training whose terminal goes away, under `nohup` and in tmux, and training from two namespaces of process numbers in one folder. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { munit, tail } from './child.mjs';
import { leftoversIn, onOneThread, resultsOf, tinyConfig } from './kill.mjs';
import { openLedger } from './ledger.mjs';

/** @typedef {import('./options.mjs').Context} Context @typedef {import('./ledger.mjs').Ledger} Ledger */
/** @typedef {{ main: string, config: string, folder: string, work: string, stop: AbortSignal }} Place */

export const terminal = { about: 'runs that lose their terminal, or meet another namespace of processes', count: 3, short: 3, run };

/** Long enough for something to happen on the way, and no checkpoint on the way but the one that a lost terminal leaves. */
const longConfig = JSON.stringify({ ...JSON.parse(tinyConfig(40)), snapshot_save_iter: 100_000 });
const deadlineMs = 60_000;

/** What is tried, the tool that it needs, and what went wrong. @type {readonly { name: string, tool: readonly string[], attempt: (place: Place) => Promise<string[]> }[]} */
const scenes = [
  { name: 'nohup', tool: ['nohup', '--version'], attempt: hungUp },
  { name: 'tmux', tool: ['tmux', '-V'], attempt: inTmux },
  { name: 'namespaces', tool: ['unshare', '--pid', '--fork', '--mount-proc', 'true'], attempt: inNamespaces },
];

/** @param {Context} context */
async function run({ munit: { main }, work, seed, from, count, stop, report }) {
  const ledger = report(openLedger({ campaign: 'terminal', seed, total: Math.min(from + count, scenes.length), from }));
  const config = join(work, 'config.yaml');
  writeFileSync(config, longConfig);
  const alone = join(work, 'alone');
  const first = await munit(main, ['train', '--config', config, '--out', alone, ...onOneThread], { stop });
  if (first.code !== 0) throw new Error(`A run that nothing disturbs ${tail(first)}`);
  const wanted = resultsOf(alone);
  for (const [trial, { name, tool, attempt }] of scenes.entries()) {
    if (trial < from || trial >= from + count) continue;
    if (stop.aborted) return;
    if (spawnSync(tool[0] ?? '', tool.slice(1)).status !== 0) {
      ledger.count(`${name}: not possible here`);
      continue;
    }
    const folder = join(work, name);
    const problems = await attempt({ main, config, folder, work, stop });
    // Whatever happened, it continues, and ends as if nothing had.
    const resumed = await munit(main, ['train', '--resume', folder, ...onOneThread], { stop });
    if (resumed.code !== 0) problems.push(`the resumed run ${tail(resumed)}`);
    else if (JSON.stringify(resultsOf(folder)) !== JSON.stringify(wanted)) problems.push('other results than those of an undisturbed run');
    problems.push(...leftoversIn(folder).map((file) => `${file} is left`));
    for (const problem of problems) ledger.fail(trial, `${name}: ${problem}`);
    ledger.count(name);
    ledger.tried(trial);
  }
  ledger.finish();
}

/** The number of rows in a run's table of losses. @param {string} folder */
const rows = (folder) => (existsSync(join(folder, 'losses.csv')) ? readFileSync(join(folder, 'losses.csv'), 'utf8').split('\n').length - 2 : 0);

/** Waits until something is so, or for the deadline. @param {() => boolean} isSo */
async function until(isSo) {
  for (const start = Date.now(); !isSo(); await wait(20)) if (Date.now() - start > deadlineMs) return false;
  return true;
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The process that holds a run folder. @param {string} folder */
const holder = (folder) => Number(JSON.parse(readFileSync(join(folder, 'run.lock'), 'utf8')).pid);

/** What must hold of a run that has lost its terminal and ended: it has saved where it was. @param {string} folder @returns {string[]} */
function saved(folder) {
  const steps = rows(folder);
  const checkpoint = join(folder, 'checkpoints', `step-${String(steps).padStart(8, '0')}.safetensors`);
  return [...(existsSync(checkpoint) ? [] : [`no checkpoint of step ${steps}, its last`]), ...(existsSync(join(folder, 'run.lock')) ? ['the lock is left'] : [])];
}

/** @param {Place} place */
async function hungUp({ main, config, folder }) {
  const child = spawn('nohup', [process.execPath, main, 'train', '--config', config, '--out', folder, ...onOneThread], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const begun = await until(() => rows(folder) >= 3);
  child.kill('SIGHUP');
  const code = await Promise.race([ended, wait(deadlineMs, 'none')]);
  if (!begun || code === 'none') return [`it does not ${begun ? 'end' : 'begin'} in ${deadlineMs / 1000} s`];
  // It may have come to its end before.
  return code === 130 || code === 0 ? saved(folder) : [`exit code ${String(code)}`];
}

/** @param {Place} place */
async function inTmux({ main, config, folder, work }) {
  const socket = join(work, 'tmux.sock');
  const tmux = (/** @type {string[]} */ ...args) => spawnSync('tmux', ['-S', socket, ...args], { encoding: 'utf8' });
  // Without a user's own configuration.
  const opened = tmux('-f', '/dev/null', 'new-session', '-d', process.execPath, main, 'train', '--config', config, '--out', folder, ...onOneThread);
  if (opened.status !== 0) return [`tmux: ${opened.stderr}`];
  const server = Number(tmux('display', '-p', '#{pid}').stdout);
  if (!(await until(() => rows(folder) >= 3))) return [`it does not begin in ${deadlineMs / 1000} s`];
  const pid = existsSync(join(folder, 'run.lock')) ? holder(folder) : undefined;
  process.kill(server, 'SIGKILL');
  if (pid !== undefined && !(await until(() => !isRunning(pid)))) return [`it does not end in ${deadlineMs / 1000} s`];
  return saved(folder);
}

/** @param {Place} place */
async function inNamespaces({ main, config, folder, stop }) {
  const start = (/** @type {string[]} */ ...args) =>
    spawn('unshare', ['--pid', '--fork', '--mount-proc', process.execPath, main, 'train', ...args, ...onOneThread], { stdio: 'ignore' });
  const first = start('--config', config, '--out', folder);
  const ended = new Promise((resolve) => first.once('close', resolve));
  if (!(await until(() => rows(folder) >= 1))) return [`it does not begin in ${deadlineMs / 1000} s`];
  const refused = async (/** @type {Promise<unknown>} */ code) => ((await code) === 5 || !existsSync(join(folder, 'run.lock')) ? [] : ['another process has not been refused']);
  const second = start('--resume', folder);
  const problems = [
    ...(await refused(new Promise((resolve) => second.once('close', resolve)))),
    ...(await refused(munit(main, ['train', '--resume', folder, ...onOneThread], { stop }).then(({ code }) => code))),
  ];
  const code = await ended;
  return code === 0 ? problems : [...problems, `the first run ends with ${String(code)}`];
}
