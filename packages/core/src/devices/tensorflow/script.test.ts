import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { addonFolder } from './addon.js';
import { buildCommand } from './command.js';

const script = fileURLToPath(new URL('../../../scripts/tensorflow.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'munit-script-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Builds nothing: what is tested ends before a download. */
function build(...args: string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', env: { ...process.env, PYTHON: '/nowhere/python' } });
  return { code: status, out: stdout, err: stderr };
}

test('the command that errors name is that script', () => {
  expect(buildCommand()).toMatch(/^node .*packages\/core\/scripts\/tensorflow\.mjs$|^node scripts\/tensorflow\.mjs$/);
});

test('it says where the addon goes, which is where the devices look', () => {
  const { code, out } = build('--help');
  expect(code).toBe(0);
  expect(out).toContain('--out <dir>         where to (default: MUNIT_TENSORFLOW_ADDON, or ~/.cache/munit/tensorflow)');
  expect(addonFolder({ XDG_CACHE_HOME: '/home/someone/.cache' })).toBe('/home/someone/.cache/munit/tensorflow');
  expect(addonFolder({ MUNIT_TENSORFLOW_ADDON: '/addon' })).toBe('/addon');
});

test.each([
  [['--wheels', 'x'], "Unknown option '--wheels'"],
  [['--wheel', '/nowhere.whl'], '--wheel: there is no /nowhere.whl.'],
  [['--tensorflow', tmpdir()], '--tensorflow needs the folder'],
])('%j is refused', (args, message) => {
  const { code, err } = build(...args);
  expect(code).toBe(1);
  expect(err).toContain(message);
});

test('a folder without an addon is not replaced', () => {
  writeFileSync(join(folder, 'mine.txt'), '');
  const { code, err } = build('--out', folder);
  expect(code).toBe(1);
  expect(err).toContain(`${folder} exists and has no addon`);
  expect(readdirSync(folder)).toEqual(['mine.txt']);
});

test.runIf(process.platform === 'linux')('what is missing is named, with how to get it, and nothing is left behind', () => {
  const { code, err } = build('--out', join(folder, 'addon'));
  expect(code).toBe(1);
  expect(err).toMatch(/(\/nowhere\/python|g\+\+) cannot be run .* install (it|g\+\+) \(Debian: apt-get install/s);
  expect(readdirSync(folder)).toEqual(['mine.txt']);
});
