/** `munit compare` from end to end, interrupted and continued. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePng } from '@munit/images/png';
import { afterAll, expect, it } from 'vitest';
import type { CliIo, Interrupt } from '../io.js';
import { run } from '../run.js';

const work = mkdtempSync(join(tmpdir(), 'munit-compare-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const plan = (steps: number): string => `
data: { synthetic_count: 8 }
config: { crop_image_height: 32, crop_image_width: 32, batch_size: 1, display_size: 1, log_iter: 1, gen: { dim: 2, n_res: 1 }, dis: { dim: 2, n_layer: 1 } }
budget: { steps: ${steps} }
evaluation: { inputs: 4, styles: 2, resamples: 2 }
methods:
  - { name: MUNIT, config: { gen: { mlp_dim: 4, style_dim: 2 }, dis: { num_scales: 1 } } }
  - { name: CycleGAN, config: { trainer: CycleGAN }, budget: { steps: ${steps + 1} } }
`;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const device = ['--device', 'simd', '--threads', '1'] as const;
const compare = (interruptAt?: RegExp, file = 'two.yaml', out = 'out'): Promise<Ran> => command(['compare', join(work, file), '--out', join(work, out), ...device, '--progress', 'json'], interruptAt);

/** Runs a command; it is interrupted once what it has written matches. */
async function command(args: readonly string[], interruptAt?: RegExp): Promise<Ran> {
  let [out, err] = ['', ''];
  let interrupt: ((kind: Interrupt) => void) | undefined;
  const io: CliIo = {
    stdout: { write: (text) => (out += text) },
    stderr: {
      write: (text) => {
        err += text;
        if (interruptAt?.test(err) !== true) return;
        const now = interrupt;
        interrupt = undefined;
        now?.('SIGINT');
      },
    },
    onInterrupt: (listener) => {
      interrupt = listener;
      return () => undefined;
    },
    exitNow: () => undefined,
  };
  return { code: await run(args, io), out, err };
}

const read = (name: string): string => readFileSync(join(work, 'out', name), 'utf8');

it('trains and measures all methods, continues where it was interrupted, and reports', async () => {
  writeFileSync(join(work, 'two.yaml'), plan(3));
  const stopped = await compare(/\[2 of 2\][^]*"step":1,/);
  expect(stopped.code).toBe(130);
  expect(stopped.err).toContain('Continue with:  munit compare');
  expect(read('report.html')).toContain('Not all of it yet: 1 of 2 runs.');
  const first = statSync(join(work, 'out', 'runs', 'munit', 'seed-0', 'events.jsonl')).mtimeMs;

  const done = await compare();
  expect(done.err).not.toMatch(/^munit: /m);
  expect(done.code).toBe(0);
  expect(statSync(join(work, 'out', 'runs', 'munit', 'seed-0', 'events.jsonl')).mtimeMs).toBe(first);
  expect(read('report.html')).toContain('Each method trained for 3 steps (CycleGAN for 4 steps) on each of 1 seeds');
  expect(done.out).toMatch(/^\| CycleGAN \| \d/m);
  for (const heading of ['## Quality and diversity', '## The benchmark', '## Time and memory']) expect(read('report.md')).toContain(heading);
  const rows = read('report.csv').split('\n').map((line) => line.split(','));
  const names = (method: string): string[] => rows.flatMap(([of, , name]) => (of === method ? [name as string] : []));
  expect(names('MUNIT')).toContain('lpips-alexnet-0.1');
  // It has one translation of each input, whose diversity is 0.
  expect(rows.filter(([of, , name]) => of === 'CycleGAN' && name === 'lpips-alexnet-0.1').map(([, , , value]) => Number(value))).toEqual([0]);
  expect(names('CycleGAN')).toEqual(expect.arrayContaining(['fid-alexnet', 'contentIoU', 'stepMs']));
  // Four inputs, two translations of each by MUNIT, one by CycleGAN.
  expect(read('report.html').match(/<img /g)).toHaveLength(16);

  // A run whose folder was removed is trained and measured again.
  rmSync(join(work, 'out', 'runs', 'munit', 'seed-0'), { recursive: true });
  expect((await compare()).err).not.toMatch(/^munit: /m);
  expect(statSync(join(work, 'out', 'runs', 'munit', 'seed-0', 'events.jsonl')).mtimeMs).toBeGreaterThan(first);

  // CycleGAN has no content codes to reconstruct.
  const refused = await command(['evaluate', join(work, 'out', 'runs', 'cyclegan', 'seed-0'), '--protocol', 'reconstruction', '--out', join(work, 'reconstruction'), ...device]);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('reconstruction needs a model with contents: MUNIT or UNIT.');

  // Runs that are longer than the budget says are named.
  writeFileSync(join(work, 'two.yaml'), plan(2));
  expect((await compare()).code).toBe(0);
  expect(read('report.html')).toMatch(/Trained for another length, so that they do not compare: MUNIT, seed 0: 3 steps in [\d.]+ minutes; CycleGAN, seed 0: 4 steps/);

  writeFileSync(join(work, 'two.yaml'), plan(3).replace('batch_size: 1', 'batch_size: 2'));
  expect((await compare()).err).toContain("with another configuration than the comparison has for 'MUNIT'");
}, 600_000);

it('trains for a number of minutes, and no longer when it is called again', async () => {
  const seconds = 1;
  const timed = plan(0).replace(/budget: .*/, `budget: { minutes: ${seconds / 60} }`).replace(/\n {2}- \{ name: CycleGAN.*/, '').replace('name: MUNIT, config', 'name: MUNIT, preset: quick, config');
  writeFileSync(join(work, 'timed.yaml'), timed);
  const done = await compare(undefined, 'timed.yaml', 'timed');
  expect(done.err).not.toMatch(/^munit: /m);
  expect(done.code).toBe(0);
  const cost = (): { readonly step: number; readonly seconds: number } => JSON.parse(readFileSync(join(work, 'timed', 'runs', 'munit', 'seed-0.json'), 'utf8')) as ReturnType<typeof cost>;
  expect(cost().seconds).toBeGreaterThanOrEqual(seconds);
  // Stopped by the clock, long before the preset's 2,000 steps.
  expect(cost().step).toBeGreaterThan(0);
  expect(cost().step).toBeLessThan(2000);
  expect(readFileSync(join(work, 'timed', 'report.html'), 'utf8')).toContain(`Each method trained for ${seconds / 60} minutes on each of 1 seeds`);
  const before = cost();
  expect((await compare(undefined, 'timed.yaml', 'timed')).code).toBe(0);
  expect(cost()).toEqual(before);
}, 300_000);

it('says where training images were translated for want of test images', async () => {
  for (const domain of ['trainA', 'trainB']) {
    mkdirSync(join(work, 'photos', domain), { recursive: true });
    for (let i = 0; i < 4; i++) writeFileSync(join(work, 'photos', domain, `${i}.png`), encodePng({ width: 32, height: 32, channels: 3, data: Uint8Array.from({ length: 3072 }, (_, k) => (k * (i + (domain === 'trainA' ? 3 : 11))) % 256) }));
  }
  const photos = plan(1).replace('data: { synthetic_count: 8 }', `data: { data_root: ${JSON.stringify(join(work, 'photos'))}, new_size: 32 }`).replace(/\n {2}- \{ name: CycleGAN.*/, '');
  writeFileSync(join(work, 'photos.yaml'), photos);
  const done = await compare(undefined, 'photos.yaml', 'of-photos');
  expect(done.err).not.toMatch(/^munit: /m);
  const sentence = 'The run has no test images: its training images were translated, and figures are better than they would be on others.';
  for (const text of [done.out, ...['report.html', 'report.md'].map((name) => readFileSync(join(work, 'of-photos', name), 'utf8'))]) {
    expect(text).toContain(sentence);
    expect(text).not.toMatch(/held-out/i);
  }

  // What is measured already is kept until an image is another one.
  const measured = (): string => readFileSync(join(work, 'of-photos', 'report.csv'), 'utf8').replace(/^.*(seconds|minutes|Ms|Bytes).*$/gim, '');
  const written = (): number => statSync(join(work, 'of-photos', 'runs', 'munit', 'seed-0-evaluation', 'evaluation.json')).mtimeMs;
  const [before, at] = [measured(), written()];
  expect((await compare(undefined, 'photos.yaml', 'of-photos')).code).toBe(0);
  expect(written()).toBe(at);
  writeFileSync(join(work, 'photos', 'trainB', '0.png'), encodePng({ width: 32, height: 32, channels: 3, data: new Uint8Array(3072).fill(200) }));
  expect((await compare(undefined, 'photos.yaml', 'of-photos')).code).toBe(0);
  expect(written()).toBeGreaterThan(at);
  expect(measured()).not.toBe(before);
}, 300_000);
