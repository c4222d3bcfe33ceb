/** Training that is killed at any of its file operations, started again at once, ends as training that was left alone. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { munit, tail } from './child.mjs';
import { openShim } from './faults.mjs';
import { openLedger } from './ledger.mjs';

/** @typedef {import('./options.mjs').Context} Context @typedef {import('./faults.mjs').Shim} Shim @typedef {import('./ledger.mjs').Ledger} Ledger */

export const kill = { about: 'runs that are killed one to seven times at file operations, and resumed', count: 300, short: 2, run };

/** A step takes milliseconds, and each is saved. */
export const tinyConfig = (/** @type {number} */ steps) =>
  JSON.stringify({
    max_iter: steps,
    synthetic_count: 4,
    crop_image_height: 16,
    crop_image_width: 16,
    log_iter: 1,
    snapshot_save_iter: 1,
    image_save_iter: 100_000,
    image_display_iter: 100_000,
    display_size: 1,
    gen: { dim: 4, mlp_dim: 4, style_dim: 2, n_res: 1 },
    dis: { dim: 4, n_layer: 1, num_scales: 1 },
  });

/** One thread: the processor is not the only one's. */
export const onOneThread = ['--device', 'simd', '--threads', '1', '--progress', 'json'];

const steps = 3;

/** @param {Context} context */
async function run({ munit: { main, library }, work, seed, from, count, stop, report }) {
  const config = join(work, 'config.yaml');
  writeFileSync(config, tinyConfig(steps));
  const shim = await openShim(work);
  const alone = join(work, 'alone');
  shim?.arm(alone);
  const start = Date.now();
  const first = await munit(main, ['train', '--config', config, '--out', alone, ...onOneThread], { env: shim?.env ?? {}, stop });
  const duration = Date.now() - start;
  if (first.code !== 0) throw new Error(`A run that nothing disturbs ${tail(first)}`);
  const operations = shim?.read().count ?? 0;
  const wanted = resultsOf(alone);

  const ledger = report(openLedger({ campaign: 'kill', seed, total: from + count, from }));
  ledger.most('operations of a run', operations);
  for (let trial = from; trial < from + count; trial++) {
    const rng = new library.Rng((seed * 1_000_003 + trial) >>> 0);
    const folder = join(work, 'run');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const problem = await killed({ main, config, folder, shim, rng, operations, duration, ledger, stop });
    if (stop.aborted) return;
    if (problem === undefined) compare(folder, wanted, trial, ledger);
    else ledger.fail(trial, problem.what, problem.detail);
    ledger.tried(trial);
  }
  ledger.finish();
}

/**
 * One run, killed one to seven times; every start must succeed or be killed, and the last one succeeds.
 * @param {{ main: string, config: string, folder: string, shim: Shim | undefined, rng: import('./library.js').Rng, operations: number, duration: number, ledger: Ledger, stop: AbortSignal }} trial
 * @returns {Promise<{ what: string, detail: string } | undefined>}
 */
async function killed({ main, config, folder, shim, rng, operations, duration, ledger, stop }) {
  const kills = 1 + rng.integer(7);
  const modes = /** @type {const} */ (['killBefore', 'killAfter', 'killHalfway']);
  /** @type {string[]} */
  const history = [];
  for (let start = 0; start <= kills; start++) {
    // As a supervisor does that knows nothing but the folder.
    const holdsRun = existsSync(join(folder, 'run.json')) || holdsCheckpoints(folder);
    const args = ['train', ...(holdsRun ? ['--resume', folder] : ['--config', config, '--out', folder]), ...onOneThread];
    // Anywhere in a fresh run; a resumed one has less left to do, and most of what is special at its beginning.
    const place = start === 0 ? rng.uniform() : rng.uniform() ** 2;
    const at = start === kills ? 0 : 1 + Math.floor(place * operations);
    const mode = modes[rng.integer(3)] ?? 'killBefore';
    shim?.arm(folder, at === 0 ? undefined : { at, mode });
    const killAfterMs = shim === undefined && at > 0 ? rng.uniform() * duration : undefined;
    const ended = await munit(main, args, { env: shim?.env ?? {}, killAfterMs, stop });
    if (stop.aborted) return undefined;
    if (ended.signal === 'SIGKILL' && !ended.late) {
      ledger.count('kills');
      history.push(shim === undefined ? 'killed' : `${mode} ${at}: ${shim.read().operation}`);
    } else if (ended.code !== 0) {
      return { what: `start ${start + 1} fails after a kill`, detail: `${[...history, tail(ended)].join('\n')}\nleft: ${readdirSync(folder, { recursive: true }).join(' ')}` };
    }
  }
  return undefined;
}

const holdsCheckpoints = (/** @type {string} */ folder) =>
  existsSync(join(folder, 'checkpoints')) && readdirSync(join(folder, 'checkpoints')).some((name) => /^step-\d+\.safetensors$/.test(name));

/**
 * What must be the same whatever happened on the way, by the name of the file.
 * @param {string} folder
 * @returns {Record<string, string>}
 */
export function resultsOf(folder) {
  const last = `checkpoints/${readdirSync(join(folder, 'checkpoints')).filter((name) => name.endsWith('.safetensors')).sort().at(-1)}`;
  const files = [last, `${last}.sha256`, 'checkpoints/best.json', 'losses.csv', 'config.yaml', ...readdirSync(join(folder, 'model')).map((name) => `model/${name}`)];
  return Object.fromEntries(files.map((name) => [name, createHash('sha256').update(readFileSync(join(folder, name))).digest('hex')]));
}

/** Names of what only a run under way, or a killed one, has. @param {string} folder */
export const leftoversIn = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.lock|\.tmp|-tmp$|\.damaged|\.broken|takeover/.test(name));

/** @param {string} folder @param {Record<string, string>} wanted @param {number} trial @param {Ledger} ledger */
function compare(folder, wanted, trial, ledger) {
  const found = resultsOf(folder);
  const different = [...new Set([...Object.keys(wanted), ...Object.keys(found)])].filter((name) => wanted[name] !== found[name]);
  if (different.length > 0) ledger.fail(trial, `other results than those of an undisturbed run: ${different.join(', ')}`);
  const leftovers = leftoversIn(folder);
  if (leftovers.length > 0) ledger.fail(trial, `left behind: ${leftovers.join(', ')}`);
}
