/** Translations and evaluations in four shards, as four processes: one is killed half way, and their merge; what is left equals one run. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { munit, tail } from './child.mjs';
import { openShim } from './faults.mjs';
import { onOneThread, tinyConfig } from './kill.mjs';
import { openLedger } from './ledger.mjs';

/** @typedef {import('./options.mjs').Context} Context @typedef {import('./faults.mjs').Shim} Shim @typedef {import('./ledger.mjs').Ledger} Ledger */
/** @typedef {Pick<Context, 'work' | 'stop'> & { main: string, shim: Shim | undefined }} Place */
/** @typedef {{ files: Record<string, string>, report: string }} Results */
/** @typedef {{ args: string[], out: string, wanted: Results, merges: number, rng: import('./library.js').Rng, ledger: Ledger }} Trial */

export const shards = { about: 'translations and evaluations in four shards, one of them and the merge killed', count: 2, short: 2, run };

const shardCount = 4;
/** What a shard of a translation or an evaluation writes when it is whole. */
const records = ['.munit-shard.json', 'shard.json'];
const mostLate = 5;
const device = onOneThread.slice(0, 4);

/** What is divided; its results go into `--out`. @type {Readonly<Record<string, (work: string, images: number) => string[]>>} */
const commands = {
  translate: (work) => ['translate', join(work, 'run', 'model'), join(work, 'set', 'trainA'), '--styles', '2'],
  evaluate: (work, images) => {
    const inputs = ['--a', join(work, 'set', 'trainA'), '--b', join(work, 'set', 'trainB'), '--inputs', String(images), '--real', String(images)];
    return ['evaluate', join(work, 'run', 'model'), ...inputs, '--to', 'b', '--styles', '2', '--resamples', '10'];
  },
};

/** @param {Context} context */
async function run({ munit: { main, library }, work, seed, from, count, only, short, stop, report }) {
  const place = { main, work, shim: await openShim(work), stop };
  const images = short ? 16 : 200;
  await prepare(place, images);
  for (const [i, [name, argsOf]] of Object.entries(commands).entries()) {
    if (only.length > 0 && !only.includes(name)) continue;
    const ledger = report(openLedger({ campaign: 'shards', seed, total: from + count, from, reproduce: short ? ' --short' : '' }));
    const args = [...argsOf(work, images), ...device, '--json'];
    const whole = join(work, `${name}-whole`);
    const stdout = await must(place, [...args, '--out', whole]);
    const wanted = resultsOf(whole, stdout);
    ledger.most(`files of ${name}`, Object.keys(wanted.files).length);
    for (let trial = from; trial < from + count; trial++) {
      if (trial % 2 !== i) continue;
      const out = join(work, name);
      rmSync(out, { recursive: true, force: true });
      const rng = new library.Rng((seed * 1_000_003 + trial) >>> 0);
      const problems = await attempt(place, { args, out, wanted, merges: short ? 1 : 4, rng, ledger }).catch((/** @type {unknown} */ error) => [String(error)]);
      if (stop.aborted) return;
      for (const problem of problems) ledger.fail(trial, `${name}: ${problem}`);
      ledger.tried(trial);
    }
    ledger.finish();
  }
}

/** A model of one step, and pictures. @param {Place} place @param {number} images */
async function prepare(place, images) {
  const config = join(place.work, 'config.yaml');
  writeFileSync(config, tinyConfig(1));
  await must(place, ['train', '--config', config, '--out', join(place.work, 'run'), ...onOneThread]);
  await must(place, ['data', 'synthetic', join(place.work, 'set'), '--size', '32', '--count', String(images), '--test', '1']);
}

/** What a command prints that must succeed. @param {Place} place @param {string[]} args */
async function must({ main, stop }, args) {
  const ended = await munit(main, args, { stop });
  if (ended.code !== 0) throw new Error(`munit ${args.join(' ')} ${tail(ended)}`);
  return ended.stdout;
}

/**
 * All shards at once, one of them killed and started again; then merges, and what is wrong with their results.
 * @param {Place} place @param {Trial} trial @param {number} [late] How often the kill has come too late.
 * @returns {Promise<string[]>}
 */
async function attempt(place, { args, out, wanted, merges, rng, ledger }, late = 0) {
  const shard = (/** @type {number} */ index, /** @type {AbortSignal} */ stop) => munit(place.main, [...args, '--out', out, '--shard', `${index}/${shardCount}`], { stop });
  const victim = 1 + rng.integer(shardCount);
  const half = new AbortController();
  const folder = join(out, `.shard-${victim}-of-${shardCount}`);
  const target = Math.max(1, Math.floor(((0.25 + 0.5 * rng.uniform()) * pictures(Object.keys(wanted.files))) / shardCount));
  const all = Promise.all([1, 2, 3, 4].map((index) => shard(index, index === victim ? AbortSignal.any([half.signal, place.stop]) : place.stop)));
  let isOver = false;
  const over = all.finally(() => (isOver = true));
  while (!isOver && !half.signal.aborted) {
    await wait(5);
    if (existsSync(folder) && pictures(namesIn(folder)) >= target) half.abort();
  }
  const ended = await over;
  const problems = ended.flatMap((end, i) => (i + 1 === victim || end.code === 0 ? [] : [`shard ${i + 1} ${tail(end)}`]));
  // On a busy machine a kill may come when all is done, or all but the end of the process: that shard is whole, and nothing was tried.
  if (problems.length === 0 && records.some((name) => existsSync(join(folder, name)))) {
    if (late === mostLate) return [`shard ${victim} was whole before it could be killed, ${mostLate + 1} times in a row`];
    rmSync(out, { recursive: true });
    return attempt(place, { args, out, wanted, merges, rng, ledger }, late + 1);
  }
  if (ended[victim - 1]?.signal !== 'SIGKILL') problems.push(`shard ${victim} was not killed: it ${tail(/** @type {import('./child.mjs').Ended} */ (ended[victim - 1]))}`);
  else ledger.count('shards killed');
  const early = await munit(place.main, ['merge', out], { stop: place.stop });
  if (early.code === 0 || !early.stderr.includes(`Shard ${victim} of ${shardCount} is not complete.`)) problems.push(`a merge without shard ${victim} ${tail(early)}`);
  const again = await shard(victim, place.stop);
  if (again.code !== 0) problems.push(`shard ${victim}, started again, ${tail(again)}`);
  if (problems.length > 0) return problems;
  return merged(place, { args, out, wanted, merges, rng, ledger });
}

/** One merge that is left alone, and some that are killed and started again, of the same shards. @param {Place} place @param {Trial} trial */
async function merged(place, { out, wanted, merges, rng, ledger }) {
  const kept = `${out}-shards`;
  rmSync(kept, { recursive: true, force: true });
  cpSync(out, kept, { recursive: true, preserveTimestamps: true });
  place.shim?.arm(out);
  const merge = () => munit(place.main, ['merge', out, '--json'], { stop: place.stop, env: place.shim?.env ?? {} });
  const start = Date.now();
  const first = await merge();
  const [duration, operations] = [Date.now() - start, place.shim?.read().count ?? 0];
  if (first.code !== 0) return [`the merge ${tail(first)}`];
  const problems = differences(resultsOf(out, first.stdout), wanted);
  for (let i = 0; i < merges && problems.length === 0 && !place.stop.aborted; i++) {
    rmSync(out, { recursive: true });
    cpSync(kept, out, { recursive: true, preserveTimestamps: true });
    // Most of the operations move results, each as the other; the ones after them are few.
    const at = operations - Math.floor(rng.uniform() ** 3 * operations);
    place.shim?.arm(out, { at, mode: rng.integer(2) === 0 ? 'killBefore' : 'killAfter' });
    const killed = await munit(place.main, ['merge', out, '--json'], { stop: place.stop, ...(place.shim === undefined ? { killAfterMs: rng.uniform() * duration } : { env: place.shim.env }) });
    if (killed.signal === 'SIGKILL') ledger.count('merges killed');
    const where = place.shim === undefined ? '' : ` at operation ${at} of ${operations} (${place.shim.read().operation})`;
    place.shim?.arm(out);
    const last = killed.signal === 'SIGKILL' ? await merge() : killed;
    const found = last.code === 0 ? differences(resultsOf(out, last.stdout), wanted) : [tail(last)];
    problems.push(...found.map((problem) => `a merge that was killed${where} and started again: ${problem}`));
  }
  return problems;
}

/** @param {string} folder */
const namesIn = (folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' });
/** @param {readonly string[]} names */
const pictures = (names) => names.filter((name) => name.endsWith('.png')).length;

/** Every file with its bytes, but for the times of files in notes; and of the report what one run and a merge both say. @param {string} out @param {string} stdout @returns {Results} */
function resultsOf(out, stdout) {
  const text = (/** @type {string} */ name) => {
    const bytes = readFileSync(join(out, name)).toString('latin1');
    return name.endsWith('.jsonl') ? bytes.replaceAll(/"(mtimeMs|ctimeMs)":[\d.]+/g, '') : bytes;
  };
  /** @type {Record<string, unknown>} */
  const said = JSON.parse(stdout.replaceAll(out, 'OUT'));
  const { model: _model, device: _device, grid: _grid, skipped: _skipped, shards: _shards, ...common } = said;
  return { files: Object.fromEntries(namesIn(out).filter((name) => statSync(join(out, name)).isFile()).map((name) => [name, text(name)])), report: JSON.stringify(said['format'] === 'munit-evaluation' ? said : common) };
}

/** @param {Results} found @param {Results} wanted */
function differences(found, wanted) {
  const names = [...new Set([...Object.keys(wanted.files), ...Object.keys(found.files)])].filter((name) => found.files[name] !== wanted.files[name]);
  return [
    ...(names.length === 0 ? [] : [`other files than those of one run: ${names.join(', ')}`]),
    ...(found.report === wanted.report ? [] : [`another report than that of one run: ${found.report} and not ${wanted.report}`]),
  ];
}
