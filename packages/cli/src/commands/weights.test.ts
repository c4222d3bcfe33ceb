import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSafetensors } from '@munit/core';
import { afterAll, expect, it } from 'vitest';
import { exitCodes } from '../exitCodes.js';
import { run } from '../run.js';

const work = mkdtempSync(join(tmpdir(), 'munit-cli-weights-'));
afterAll(() => rmSync(work, { recursive: true }));

async function munit(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let [out, err] = ['', ''];
  const code = await run(args, { stdout: { write: (text) => (out += text) }, stderr: { write: (text) => (err += text) }, onInterrupt: () => () => undefined, exitNow: () => undefined });
  return { code, out, err };
}

it('lists the files with their addresses, sizes and sums', async () => {
  const { code, out } = await munit('weights');
  expect(code).toBe(exitCodes.ok);
  expect(out).toContain('https://download.pytorch.org/models/vgg16-397923af.pth');
  expect(out).toContain('397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0');
  const listed = JSON.parse((await munit('weights', '--json')).out) as { network: string }[];
  expect(listed.map(({ network }) => network)).toEqual(['vgg16', 'alexnet', 'inception', 'squeezenet']);
});

it('says what a file is, and fails on one that cannot be used', async () => {
  const data = new Float32Array(1728);
  data.set([-0.5537306, 0.1427047, 0.52896148, -0.58312404, 0.35655147, 0.7656623, -0.69022113, -0.04801885]);
  const good = join(work, 'good.safetensors');
  writeFileSync(good, writeSafetensors([['features.0.weight', { shape: [64, 3, 3, 3], data }]]));
  const known = await munit('weights', good);
  expect([known.code, known.out.split('\n')[0]]).toEqual([exitCodes.ok, `${good}: vgg16, images prepared as torchvision does`]);
  const bad = join(work, 'bad.pth');
  writeFileSync(bad, '<!doctype html>');
  const unknown = await munit('weights', bad, '--json');
  expect(unknown.code).toBe(exitCodes.run);
  expect(JSON.parse(unknown.out)).toMatchObject({ path: bad, usable: false });
  const absent = await munit('weights', join(work, 'absent.pth'));
  expect([absent.code, absent.err]).toEqual([exitCodes.usage, expect.stringContaining('cannot be read')]);
});
