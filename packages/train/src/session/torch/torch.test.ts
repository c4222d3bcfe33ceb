/** Runs written for PyTorch and taken back, without PyTorch: that side is tested in `python/tests`. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDevice, readSafetensors, Rng, RunFolderError, treeEntries, writeSafetensors } from '@munit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveConfig } from '../../config/resolve.js';
import type { TrainingConfigInput } from '../../config/schema.js';
import { initialState } from '../../methods/create.js';
import { digestLines, sha256Of } from '../../run/digest.js';
import { encodeCheckpoint } from '../../state/checkpoint.js';
import { disposeState } from '../../state/state.js';
import { openRunData } from '../node/dataset.js';
import { configOfRun, runTraining } from '../node/runTraining.js';
import { fromTorchCheckpoint, toTorchCheckpoint } from './checkpoint.js';
import { describedNetworks } from './description.js';
import { exportRun } from './exportRun.js';
import { writeImages } from './images.js';
import { importRun } from './importRun.js';

const work = mkdtempSync(join(tmpdir(), 'munit-torch-'));
const at = (name: string): string => join(work, name);
afterAll(() => rmSync(work, { recursive: true }));

const small = { synthetic_count: 6, new_size: 20, crop_image_height: 16, crop_image_width: 16, batch_size: 2, log_iter: 1, display_size: 1 } as const;
const methods: Readonly<Record<string, TrainingConfigInput>> = {
  'MUNIT with spectral norm': { ...small, gen: { dim: 2, mlp_dim: 4, style_dim: 2, n_res: 1 }, dis: { dim: 2, n_layer: 1, num_scales: 2, norm: 'sn' } },
  'MUNIT without an average': { ...small, ema_half_life_images: 0, gen: { dim: 2, mlp_dim: 4, style_dim: 2, n_res: 1 }, dis: { dim: 2, n_layer: 1, num_scales: 1 } },
  UNIT: { ...small, trainer: 'UNIT', gen: { dim: 2, n_res: 1 }, dis: { dim: 2, n_layer: 1, num_scales: 1 } },
  CycleGAN: { ...small, trainer: 'CycleGAN', gen: { dim: 2, n_res: 1 }, dis: { dim: 2, n_layer: 1 } },
  BicycleGAN: { ...small, trainer: 'BicycleGAN', netG: 'unet_16', netD: 'basic_64_multi', netE: 'resnet_64', nef: 2, gen: { dim: 2, style_dim: 2 }, dis: { dim: 2 } },
};

describe('a training state in PyTorch’s layouts', () => {
  it.each(Object.entries(methods))('%s comes back to the bit', async (_, given) => {
    const device = await openDevice('cpu');
    const config = resolveConfig(given);
    const state = initialState(config);
    const data = { version: 1, seed: 0, batches: 0, domains: { a: { images: 6, fingerprint: '0', epoch: 0, position: 0 }, b: { images: 6, fingerprint: '0', epoch: 0, position: 0 } } } as const;
    const bytes = await encodeCheckpoint(state, config, data);
    disposeState(state);
    device.dispose();
    const torch = toTorchCheckpoint(bytes, config);
    const [before, after] = [readSafetensors(bytes), readSafetensors(fromTorchCheckpoint(torch, config))];
    expect([...after.tensors.keys()].sort()).toEqual([...before.tensors.keys()].sort());
    for (const [name, tensor] of before.tensors) expect(after.tensors.get(name)?.float32(), name).toEqual(tensor.float32());
    expect(Object.fromEntries(after.metadata)).toEqual(Object.fromEntries(before.metadata));
    // Every weight belongs to a network that the description names.
    const names = describedNetworks(config).map(({ name }) => name);
    for (const name of readSafetensors(torch).tensors.keys()) expect(names.some((network) => name.replace(/^(average|adam\.[mv])\./, '').startsWith(`${network}.`)), name).toBe(true);
  });

  it('has the published names and layouts', async () => {
    const device = await openDevice('cpu');
    const config = resolveConfig(methods['MUNIT without an average']);
    const state = initialState(config);
    const ours = new Map(treeEntries(state.gen).map(({ path, leaf }) => [path, leaf]));
    const weight = ours.get('a.contentEncoder.first.conv.weight')!;
    const [kh, kw, channels, outputs] = weight.shape as [number, number, number, number];
    const values = await weight.data();
    const torch = readSafetensors(toTorchCheckpoint(await encodeCheckpoint(state, config, { version: 1, seed: 0, batches: 0, domains: {} as never }), config)).tensors.get('gen_a.enc_content.model.0.conv.weight')!;
    disposeState(state);
    device.dispose();
    expect(torch.shape).toEqual([outputs, channels, kh, kw]);
    // [o, c, y, x] there is [y, x, c, o] here.
    const [o, c, y, x] = [1, 2, 3, 4];
    expect(torch.float32()[((o * channels + c) * kh + y) * kw + x]).toBe(values[((y * kw + x) * channels + c) * outputs + o]);
  });
});

describe('munit export-run and import-run', () => {
  const config = { ...methods['MUNIT without an average']!, max_iter: 4, snapshot_save_iter: 2 };

  beforeAll(async () => {
    await runTraining({ folder: at('run'), config, device: 'cpu', signal: AbortSignal.abort() });
    await exportRun({ run: at('run'), out: at('exported') });
  });

  it('writes the pixels that training sees', async () => {
    const about = JSON.parse(readFileSync(at('exported/images/a.json'), 'utf8')) as { channels: number; bytes: number; broken: number[]; sizes: [number, number][]; offsets: number[]; fingerprint: string };
    const resolved = await configOfRun(at('run'));
    const { batches } = await openRunData(resolved);
    const batch = await batches.next();
    await batches.dispose();
    expect(about).toMatchObject({ channels: 3, bytes: 6 * 16 * 16 * 3, broken: [], fingerprint: batch.state.domains.a.fingerprint, offsets: [0, 768, 1536, 2304, 3072, 3840] });
    // Synthetic images are as large as the crop: the first of a batch is one of them, perhaps mirrored.
    const bytes = readFileSync(at('exported/images/a.bytes'));
    const first = [...batch.a.data.subarray(0, 768)].map((value) => Math.round((value + 1) * 127.5));
    const mirrored = Array.from({ length: 768 }, (_, i) => first[(Math.floor(i / 48) * 16 + (15 - (Math.floor(i / 3) % 16))) * 3 + (i % 3)]!);
    const stored = about.offsets.map((offset) => [...bytes.subarray(offset, offset + 768)].join());
    expect(stored.includes(first.join()) || stored.includes(mirrored.join())).toBe(true);
  });

  it('refuses what would be overwritten, what is not covered, and a folder within the run', async () => {
    await expect(exportRun({ run: at('run'), out: at('exported') })).rejects.toThrow('already holds an exported run');
    await expect(exportRun({ run: at('run'), out: at('run') })).rejects.toThrow('lies within the run');
    writeFileSync(at('note.txt'), 'x');
    await expect(exportRun({ run: at('run'), out: work })).rejects.toThrow('is not empty, and holds no exported run');
    await runTraining({ folder: at('dropout'), config: { ...methods['CycleGAN']!, use_dropout: true }, device: 'cpu', signal: AbortSignal.abort() });
    await expect(exportRun({ run: at('dropout'), out: at('never') })).rejects.toThrow('does not have dropout (use_dropout)');
    await runTraining({ folder: at('consistent'), config: { ...methods['MUNIT with spectral norm']!, consistency_w: 10, gen: { dim: 2, mlp_dim: 4, style_dim: 2, n_res: 1, spectral_norm: true } }, device: 'cpu', signal: AbortSignal.abort() });
    await expect(exportRun({ run: at('consistent'), out: at('never') })).rejects.toThrow("the discriminators' consistency (consistency_w) and spectral norm in generators (gen.spectral_norm)");
    expect(existsSync(at('never'))).toBe(false);
  });

  it('writes many large images without a word, and names a full disk', async () => {
    // Larger than what a stream takes at once.
    const large = resolveConfig({ ...small, synthetic_count: 16, new_size: undefined, crop_image_height: 160, crop_image_width: 160 });
    const heard: Error[] = [];
    const hear = (warning: Error): void => void heard.push(warning);
    process.on('warning', hear);
    await writeImages(at('large'), large);
    await new Promise(setImmediate);
    process.off('warning', hear);
    expect(heard).toEqual([]);
    expect(statSync(at('large/images/b.bytes')).size).toBe(16 * 160 * 160 * 3);
    if (!existsSync('/dev/full')) return;
    mkdirSync(at('full/images'), { recursive: true });
    symlinkSync('/dev/full', at(`full/images/a.bytes.${process.pid}.tmp`));
    const error: unknown = await writeImages(at('full'), large).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RunFolderError);
    expect((error as Error).message).toContain('the disk is full (ENOSPC)');
  }, 60_000);

  it('takes a later state, its losses and its best, and refuses one that is not new or not its own', async () => {
    await expect(importRun({ from: at('exported'), run: at('run'), device: 'simd' })).rejects.toThrow('there is nothing to take');
    // What munit_torch would have left after two steps.
    const stored = readFileSync(at('exported/checkpoints/step-00000000.safetensors'));
    const { tensors, metadata } = readSafetensors(stored);
    const noise = new Rng(1);
    const moved = [...tensors].map(([name, tensor]) => [name, { shape: tensor.shape, data: name.startsWith('adam.') ? tensor.float32() : tensor.float32().map((value) => value + 0.01 * noise.normal()) }] as const);
    const later = writeSafetensors(moved, { ...Object.fromEntries(metadata), step: '2', gen_updates: '2', dis_updates: '2' });
    const path = at('exported/checkpoints/step-00000002.safetensors');
    writeFileSync(`${path}.sha256`, `# best {"reconstruction":-7}\n${digestLines([sha256Of(later)], 'step-00000002.safetensors')}`);
    writeFileSync(path, later);
    const step = (n: number): object => ({ time: 1e12 + n * 500, kind: 'step', step: n, totalSteps: 4, terms: { loss_gen_total: 10 - n }, learningRate: 1e-4, learningRateDiscriminator: 1e-4, stepMs: 1, dataWaitMs: 0, etaSeconds: 1, residentBytes: 1, tensorBytes: 1 });
    writeFileSync(at('exported/events.jsonl'), [{ time: 1e12, kind: 'session', step: 0, device: 'PyTorch 1.13, 2 processes' }, step(1), step(2), step(3)].map((event) => `${JSON.stringify(event)}\n`).join(''));

    expect(await importRun({ from: at('exported'), run: at('run'), device: 'simd' })).toMatchObject({ fromStep: 0, step: 2 });
    expect(readFileSync(at('run/losses.csv'), 'utf8')).toBe('step,learning_rate,learning_rate_dis,loss_gen_total\n1,0.0001,0.0001,9\n2,0.0001,0.0001,8\n');
    expect(readFileSync(at('run/checkpoints/best.json'), 'utf8')).toBe('{\n  "step": 2,\n  "metrics": {\n    "reconstruction": -7\n  }\n}\n');
    expect(readFileSync(at('run/report.html'), 'utf8')).toContain('PyTorch 1.13, 2 processes');
    expect(existsSync(at('run/samples/00000002-a-to-b.png'))).toBe(true);
    await expect(importRun({ from: at('exported'), run: at('run'), device: 'simd' })).rejects.toThrow('there is nothing to take');

    expect(await importRun({ from: at('exported'), run: at('new'), device: 'simd' })).toMatchObject({ fromStep: 0, step: 2 });

    // Whatever goes wrong behind the checkpoint, the run is known as one that has it.
    rmSync(at('exported/imported.json'));
    await expect(importRun({ from: at('exported'), run: at('half'), device: 'none' as never })).rejects.toThrow("Unknown device 'none'");
    await expect(importRun({ from: at('exported'), run: at('half'), device: 'simd' })).rejects.toThrow('there is nothing to take');
    await runTraining({ folder: at('run'), resume: true, device: 'simd', threads: 1 });
    await expect(importRun({ from: at('exported'), run: at('run'), device: 'simd' })).rejects.toThrow('it has been trained since, or is another run');
  }, 120_000);
});
