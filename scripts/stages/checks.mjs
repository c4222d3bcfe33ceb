import { existsSync, mkdirSync } from 'node:fs';
import { build } from '../lib/build.mjs';
import { exec, tool } from '../lib/exec.mjs';
import { cache, inRoot } from '../lib/paths.mjs';

/**
 * What a stage has to say: `output` is shown when it is not `ok`, `note` stands in the summary.
 * @typedef {{ ok: boolean, output?: string, note?: string, skipped?: boolean, counts?: Counts }} StageResult
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */

/** @param {import('../lib/exec.mjs').ExecResult} result @returns {StageResult} */
const asStage = ({ code, output }) => ({ ok: code === 0, output });

export async function buildStage() {
  const { code, output } = await build();
  const replayed = /(\d+) cached, (\d+) total/.exec(output);
  return { ok: code === 0, output, ...(replayed ? { note: `${replayed[1]} of ${replayed[2]} from the cache` } : {}) };
}

/** The build leaves tests and scripts out: their types are checked here, against the sources. */
export async function typesStage() {
  mkdirSync(`${cache}/types`, { recursive: true });
  const tests = await tool('tsc', ['-p', 'tsconfig.tests.json']);
  const scripts = await tool('tsc', ['-p', 'tsconfig.scripts.json']);
  return { ok: tests.code === 0 && scripts.code === 0, output: tests.output + scripts.output };
}

/** Oxlint, and the conventions that it does not know. @returns {Promise<StageResult>} */
export async function lintStage() {
  const [{ code, output }, conventions] = await Promise.all([
    tool('oxlint', ['--deny-warnings']),
    exec(process.execPath, [inRoot('scripts', 'conventions.mjs')]),
  ]);
  const ok = code === 0 && conventions.code === 0;
  return { ok, output: [code === 0 ? '' : output, conventions.output].filter(Boolean).join('\n') };
}

export async function importsStage() {
  const folders = ['packages', 'apps', 'bench'].filter((folder) => existsSync(inRoot(folder)));
  return asStage(
    await tool('depcruise', [...folders, '--config', '.dependency-cruiser.mjs', '--output-type', 'err-long']),
  );
}

export const unusedStage = async () => asStage(await tool('knip', ['--no-progress', '--no-config-hints']));
