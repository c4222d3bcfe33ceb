import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArgumentError } from '@munit/core';
import { type Model, writeNetworks } from '@munit/formats';
import { loadModel, writeModel } from '@munit/formats/node';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { modelFor, tiny } from '../../test/models.js';
import { convertModel } from './convert.js';

/** What the disk refuses, by path. */
const broken = vi.hoisted(() => ({ stat: /^$/, open: /^$/ }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const refusing = <A extends readonly unknown[], R>(which: 'stat' | 'open', call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (broken[which].test(String(args[0]))) throw Object.assign(new Error(`ENOSPC: no space left on device, ${which} '${String(args[0])}'`), { code: 'ENOSPC', path: args[0] });
      return call(...args);
    };
  return { ...real, stat: refusing('stat', real.stat as never), open: refusing('open', real.open as never) };
});
afterEach(() => {
  broken.stat = broken.open = /^$/;
});

const root = mkdtempSync(join(tmpdir(), 'munit-convert-'));
afterAll(() => rmSync(root, { recursive: true }));
const model = modelFor();
const source = join(root, 'gen.pt');
writeFileSync(source, writeNetworks(model.networks));

it('goes round: PyTorch, folder, safetensors, PyTorch', async () => {
  const found = await convertModel(source, { to: 'munit', out: join(root, 'folder'), domains: model.domains });
  // Running statistics are in the files of the published code, and no parameters.
  const counted = [...model.networks.a, ...model.networks.b].filter(([name]) => !name.includes('running_'));
  const parameters = counted.reduce((sum, [, { data }]) => sum + data.length, 0);
  expect(found).toMatchObject({ architecture: tiny, domains: model.domains, parameters, sizeMultiple: 4 });
  expect(found.files.map(({ path }) => path.slice(root.length + 1)).sort()).toEqual(['folder/README.md', 'folder/model.json', 'folder/model.safetensors']);
  for (const { path, bytes } of found.files) expect(statSync(path).size).toBe(bytes);
  await convertModel(join(root, 'folder'), { to: 'safetensors', out: join(root, 'one.safetensors') });
  expect(await loadModel(join(root, 'one.safetensors'))).toEqual(model);
  await convertModel(join(root, 'one.safetensors'), { to: 'pytorch', out: join(root, 'back.pt') });
  expect(readFileSync(join(root, 'back.pt')).equals(readFileSync(source))).toBe(true);
});

it('halves, and writes graphs', async () => {
  const half = await convertModel(source, { to: 'safetensors', out: join(root, 'half.safetensors'), dtype: 'float16' });
  expect(half.files[0]!.bytes).toBeLessThan(0.7 * statSync(source).size);
  const { files } = await convertModel(source, { to: 'onnx', out: join(root, 'onnx') });
  expect(files.map(({ path }) => path.split(/[\\/]/).at(-1))).toContain('translate_a_to_b.onnx');
  expect(files).toHaveLength(8);
});

it('refuses PyTorch for networks that the published code does not have, and writes them otherwise', async () => {
  const folder = join(root, 'beyond');
  await writeModel(folder, { ...model, architecture: { ...model.architecture, padMode: 'zero', output: 'clamp' } as Model['architecture'] });
  await expect(convertModel(folder, { to: 'pytorch', out: join(root, 'beyond.pt') })).rejects.toThrow('The published code of MUNIT has no networks with output,');
  expect(existsSync(join(root, 'beyond.pt'))).toBe(false);
  const card = readFileSync(join(folder, 'README.md'), 'utf8');
  expect(card).toContain('- Beyond the published networks: output clamp');
  expect(card).not.toContain('load_state_dict');
  await convertModel(folder, { to: 'safetensors', out: join(root, 'beyond.safetensors') });
  expect((await loadModel(join(root, 'beyond.safetensors'))).architecture).toMatchObject({ output: 'clamp', padMode: 'zero' });
});

it('takes no place that is taken, and nothing that does not fit', async () => {
  await expect(convertModel(source, { to: 'pytorch', out: source })).rejects.toThrow(/exists/);
  await convertModel(source, { to: 'pytorch', out: source, overwrite: true });
  await expect(convertModel(source, { to: 'onnx', out: join(root, 'x'), dtype: 'float16' })).rejects.toThrow(ArgumentError);
  await expect(convertModel(source, { to: 'tflite' as never, out: join(root, 'x') })).rejects.toThrow(/Unknown model format 'tflite'/);
  await expect(convertModel(join(root, 'absent.pt'), { to: 'munit', out: join(root, 'x') })).rejects.toThrow(/does not exist/);
});

it('has done its work when everything is written, whatever the disk says afterwards', async () => {
  broken.stat = /after[\\/]model\.(json|safetensors)$/;
  const { files } = await convertModel(source, { to: 'munit', out: join(root, 'after'), domains: model.domains });
  for (const { path, bytes } of files) expect(statSync(path).size).toBe(bytes);
});

it.each(['onnx', 'triton', 'kserve'] as const)('writes a folder for %s whole or not at all: after a full disk the same command works', async (to) => {
  const out = join(root, `whole-${to}`);
  const before = readdirSync(root);
  broken.open = to === 'onnx' ? /decoder_b\.onnx$/ : /\.onnx$/;
  await expect(convertModel(source, { to, out })).rejects.toThrow('ENOSPC');
  expect(readdirSync(root)).toEqual(before);
  broken.open = /^$/;
  const { files } = await convertModel(source, { to, out });
  for (const { path, bytes } of files) expect(statSync(path).size).toBe(bytes);
});
