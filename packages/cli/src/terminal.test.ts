/** Text of others is shown on a terminal, never obeyed by it. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSafetensors } from '@munit/core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from './run.js';

const work = mkdtempSync(join(tmpdir(), 'munit-terminal-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Sets the title, clears the screen, turns the direction of text, and pretends to be munit. */
const HOSTILE = '\u001b]0;owned\u0007\u001b[2J\u202egnp\u009b31m\nmunit: all is well';
const SHOWN = '\\x1b]0;owned\\x07\\x1b[2J\\u202egnp\\x9b31m\\nmunit: all is well';

const images = join(work, 'images');
const model = join(work, 'model');
const simd = ['--device', 'simd', '--threads', '1'];

async function munit(...args: string[]): Promise<string> {
  let text = '';
  const stream = { write: (part: string) => (text += part) };
  await run(args, { stdout: stream, stderr: stream, onInterrupt: () => () => undefined, exitNow: () => undefined });
  return text;
}

/** What is printed apart from line ends. */
const obeyed = (text: string): string[] => [...text.replaceAll('\n', '').matchAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu)].map(([character]) => character);

beforeAll(async () => {
  mkdirSync(images);
  for (const name of ['a', 'b', 'c']) await sharp({ create: { width: 16, height: 16, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 60 } } }).png().toFile(join(images, `${name}.png`));
  writeFileSync(join(images, `${HOSTILE.replaceAll('/', '')}.png`), 'broken');
  const reference = fileURLToPath(new URL('../../formats/test-data/reference/checkpoint_munit/gen_00000005.legacy.pt', import.meta.url));
  await munit('convert', reference, '--out', model);
  if (!existsSync(join(model, 'model.json'))) throw new Error('no model');
});

it('by munit data check, as text and as JSON', async () => {
  const text = await munit('data', 'check', images, '--min-side', '1');
  expect(text).toContain(`${SHOWN}.png is not an image`);
  expect(obeyed(text)).toEqual([]);
  const json = await munit('data', 'check', images, '--json');
  expect(obeyed(json)).toEqual([]);
  expect((JSON.parse(json) as { domains: { broken: { name: string }[] }[] }).domains[0]!.broken[0]!.name).toBe(`${HOSTILE}.png`);
});

it('by munit translate', async () => {
  const text = await munit('translate', model, images, '--out', join(work, 'out'), ...simd);
  expect(text).toContain(`Not translated: ${images}/${SHOWN}.png: The image`);
  expect(obeyed(text)).toEqual([]);
  expect(obeyed(await munit('translate', model, images, '--out', join(work, 'out'), '--json', ...simd))).toEqual([]);
});

it('by munit train', async () => {
  const tiny = ['--set', 'gen={dim: 2, mlp_dim: 4, style_dim: 2, n_res: 1}', '--set', 'dis={dim: 2, n_layer: 1, num_scales: 1}', '--set', 'display_size=1'];
  const b = join(work, 'b');
  cpSync(images, b, { recursive: true });
  for (const progress of ['lines', 'json']) {
    const text = await munit('train', '--a', images, '--b', b, '--out', join(work, `run-${progress}`), '--steps', '4', '--size', '16', '--batch', '2', '--progress', progress, ...simd, ...tiny);
    expect(text).toContain('Skipped ');
    expect(obeyed(text)).toEqual([]);
  }
}, 60_000);

it('by munit convert: domains and licence of a model, and names in checkpoints', async () => {
  const hostile = join(work, 'hostile');
  cpSync(model, hostile, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(hostile, 'model.json'), 'utf8')) as { domains: { a: { name: string } }; license: string };
  manifest.domains.a.name = HOSTILE;
  manifest.license = HOSTILE;
  writeFileSync(join(hostile, 'model.json'), JSON.stringify(manifest));
  const text = await munit('convert', hostile, '--out', join(work, 'copy'));
  expect(text).toContain(`licence  ${SHOWN}`);
  expect(obeyed(text)).toEqual([]);
  expect(obeyed(await munit('convert', hostile, '--out', join(work, 'copy2'), '--json'))).toEqual([]);
  const named = join(work, 'named.safetensors');
  writeFileSync(named, writeSafetensors([[`gen_a.enc_content${HOSTILE}`, { shape: [1], data: new Float32Array(1) }], ['gen_b.enc_content.x', { shape: [1], data: new Float32Array(1) }]]));
  expect(obeyed(await munit('convert', named, '--out', join(work, 'x')))).toEqual([]);
});

it('by a configuration with such keys', async () => {
  const config = join(work, 'config.yaml');
  writeFileSync(config, `${JSON.stringify(HOSTILE)}: 1\n`);
  const text = await munit('train', '--config', config, '--dry-run');
  expect(text).toContain(`unknown option '${SHOWN}'`);
  expect(obeyed(text)).toEqual([]);
});

it('UTF-16 is read where people write text', async () => {
  const config = join(work, 'utf16.yaml');
  writeFileSync(config, Buffer.from('\uFEFFsynthetic_count: 4\r\nmax_iter: 7\r\n', 'utf16le'));
  expect(await munit('train', '--config', config, '--dry-run')).toMatch(/^max_iter: 7$/m);
  expect(await munit('train', '--config', join(images, 'a.png'), '--dry-run')).toContain(`The configuration ${join(images, 'a.png')} is a PNG image, not a YAML file.`);
});
