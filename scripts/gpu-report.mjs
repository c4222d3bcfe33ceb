// node scripts/gpu-report.mjs: proves on this machine's GPU what continuous integration cannot, and writes one report. See --help.
import './lib/check-node.mjs';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap } from './bootstrap.mjs';
import { renderReport } from './gpu-report/render.mjs';
import { stepsFor } from './gpu-report/steps.mjs';
import { exec } from './lib/exec.mjs';
import { fail, say, seconds } from './lib/say.mjs';

const help = `Proves munit on this machine's GPU and writes one report, made for an issue.

  node scripts/gpu-report.mjs [options]

It makes the workspace ready, builds TensorFlow's addon for CUDA where there is none (about 2.5 GB of downloads, 4.1 GB of disk), then for each device:
doctor, the contract of all ops, parity with the published code's dumps, a training run and its resumption, and the bench beside munit on the
CPU and PyTorch (on the GPU for cuda, where python3 has it). A step that fails is in the report, and the next one runs.
An hour on a machine with a card; --quick takes a quarter of it.

  --devices <list>  of cuda, webgpu, tensorflow, simd (default: cuda,webgpu)
  --quick           fewer items in the bench, and fewer steps of training
  --skip <list>     of build, addon, doctor, contract, parity, train, bench
  --out <file>      default: gpu-report.md
`;

/** @typedef {import('./gpu-report/steps.mjs').Step} Step @typedef {Step & { code: number, output: string, ms: number }} Done */

const options = readOptions();
if (options !== undefined) process.exitCode = await report(options);

function readOptions() {
  const text = /** @type {const} */ ({ type: 'string' });
  const flag = /** @type {const} */ ({ type: 'boolean' });
  try {
    const { values } = parseArgs({ options: { devices: text, quick: flag, skip: text, out: text, help: { ...flag, short: 'h' } } });
    if (values.help === true) {
      process.stdout.write(help);
      return undefined;
    }
    return { devices: list(values.devices ?? 'cuda,webgpu'), skip: list(values.skip ?? ''), quick: values.quick === true, out: resolve(values.out ?? 'gpu-report.md') };
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), '', help);
  }
}

/** @param {string} text */
function list(text) {
  return text.split(',').map((part) => part.trim()).filter((part) => part !== '');
}

/** @param {NonNullable<ReturnType<typeof readOptions>>} options */
async function report({ devices, skip, quick, out }) {
  const known = ['cuda', 'webgpu', 'tensorflow', 'simd'];
  const unknown = devices.filter((name) => !known.includes(name));
  if (unknown.length > 0) fail(`There is no device ${unknown.join(', ')} here; there are ${known.join(', ')}.`);
  await bootstrap();
  const folder = mkdtempSync(join(tmpdir(), 'munit-gpu-'));
  const dumps = process.env.MUNIT_REFERENCE_DIR;
  if (dumps !== undefined && !existsSync(dumps)) fail(`MUNIT_REFERENCE_DIR names ${dumps}, which is not there.`);
  /** @type {Done[]} */
  const done = [];
  const start = Date.now();
  try {
    for (const step of stepsFor({ devices, quick, folder })) {
      if (skip.includes(step.stage)) continue;
      const unmet = step.needs?.();
      if (unmet !== undefined) {
        done.push({ ...step, code: -1, output: unmet, ms: 0 });
        say(`${step.title}: not run. ${unmet}`);
        continue;
      }
      say(`${step.title} ...`);
      const begin = Date.now();
      const { code, output } = await exec(step.command, step.args, { env: step.environment ?? {}, minutes: step.minutes ?? 30 });
      done.push({ ...step, code, output, ms: Date.now() - begin });
      say(`  ${code === 0 ? 'done' : `failed (${code})`} in ${seconds(Date.now() - begin)}`);
      // Written after each step: a machine that goes away leaves what is known.
      writeFileSync(out, await renderReport(done, Date.now() - start));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  writeFileSync(out, await renderReport(done, Date.now() - start));
  const failed = done.filter(({ code }) => code !== 0);
  say(`\n${out}: ${done.length - failed.length} of ${done.length} steps passed in ${seconds(Date.now() - start)}.`);
  return failed.length === 0 ? 0 : 1;
}
