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

test('what pip downloads is known by its digests: TensorFlow as it was tried, and all that it asks of NVIDIA', async () => {
  const { pinned, integrities } = (await import(new URL('../../../scripts/tensorflow/digests.mjs', import.meta.url).href)) as {
    readonly pinned: (name: string, range: string) => string | undefined;
    readonly integrities: Readonly<Record<string, string>>;
  };
  const { versions } = (await import(new URL('../../../scripts/tensorflow/options.mjs', import.meta.url).href)) as { readonly versions: { readonly tensorflow: string; readonly binding: string } };
  const digests = (name: string, range: string): number => (pinned(name, range)?.match(/ --hash=sha256:[0-9a-f]{64}(?= |$)/g) ?? []).length;
  // One for x86-64 and one for arm64; TensorFlow for the CPU alone is for the first only.
  expect(digests('tensorflow', `==${versions.tensorflow}`)).toBe(2);
  expect(digests('tensorflow-cpu', `==${versions.tensorflow}`)).toBe(1);
  expect(digests('nvidia-cudnn-cu12', '==9.3.0.75')).toBe(2);
  expect(digests('nvidia-nccl-cu12', '==2.21.5')).toBe(1);
  expect(pinned('tensorflow', '==2.21.0')).toBeUndefined();
  // The beginning of another version's number is not that version.
  expect(pinned('nvidia-cuda-nvcc-cu12', '==12.5.8')).toBeUndefined();
  expect(integrities[`@tensorflow/tfjs-node@${versions.binding}`]).toMatch(/^sha512-[\w+/]{86}==$/);
});
