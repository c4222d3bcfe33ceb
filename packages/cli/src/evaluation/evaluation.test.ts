import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSafetensors, writeSafetensors } from '@munit/core';
import { DecodePool } from '@munit/data/node';
import { hueModes, renderB, sampleB } from '@munit/data/synthetic';
import { runTraining } from '@munit/train/node';
import { encodePng } from '@munit/images/png';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CliIo } from '../io.js';
import { run } from '../run.js';
import type { EvaluationFile } from './types.js';

const work = mkdtempSync(join(tmpdir(), 'munit-evaluation-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const at = (...parts: readonly string[]): string => join(work, ...parts);

async function munit(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let [out, err] = ['', ''];
  const io: CliIo = { stdout: { write: (text) => (out += text) }, stderr: { write: (text) => (err += text) }, onInterrupt: () => () => undefined, exitNow: () => undefined };
  const code = await run(args, io);
  return { code, out, err };
}

const set = { size: 48, seed: 1 };
function write(folder: string, name: string, index: number, hueMode?: number): void {
  mkdirSync(folder, { recursive: true });
  const { content, style } = sampleB(set, 'test', index);
  const image = renderB(content, hueMode === undefined ? style : { ...style, hueMode, hue: 45 * hueMode }, set.size);
  writeFileSync(join(folder, name), encodePng(image));
}

beforeAll(async () => {
  for (let i = 0; i < 24; i++) write(at('real'), `${i}.png`, i);
  // Two translations of each input: diverse, and collapsed.
  for (let i = 0; i < 12; i++) {
    for (const k of [0, 1]) {
      write(at('diverse'), `${String(i).padStart(2, '0')}_${k}.png`, 100 + i, (i + 4 * k) % 8);
      write(at('collapsed'), `${String(i).padStart(2, '0')}_${k}.png`, 100 + i, 0);
    }
  }
  for (const hue of [0, 2, 4]) for (let i = 0; i < 12; i++) write(at('modes', hueModes[hue] as string), `${i}.png`, 200 + i, hue);
  const config = {
    synthetic_count: 12, max_iter: 1, batch_size: 1, display_size: 1, crop_image_height: 32, crop_image_width: 32,
    gen: { dim: 2, mlp_dim: 4, n_res: 1 }, dis: { dim: 2, n_layer: 1, num_scales: 1 },
  };
  await runTraining({ folder: at('run'), config, device: 'simd', threads: 1 });
}, 120_000);

const read = (folder: string): EvaluationFile => JSON.parse(readFileSync(join(folder, 'evaluation.json'), 'utf8')) as EvaluationFile;
const valuesOf = (file: EvaluationFile): Record<string, number> => Object.fromEntries(file.sections.flatMap(({ figures }) => figures.map(({ name, value }) => [name, value])));

describe('classify', () => {
  it('trains on folders named by mode, and says how good it is', async () => {
    const { code, out } = await munit('classify', 'train', at('modes'), '--out', at('classifier'), '--device', 'simd', '--threads', '1');
    expect(code).toBe(0);
    expect(out).toMatch(/3 modes by features of alexnet; \d+\.\d % of 6 held-out images right/);
    expect(out).toContain('6 held-out images of 3 modes are few');
    expect(readdirSync(at('classifier'))).toEqual(['classifier.json', 'classifier.safetensors']);
    expect((await munit('classify', 'train', at('modes'), '--out', at('classifier'))).err).toContain('holds a classifier already');
    expect((await munit('classify', 'train', at('modes', 'red'))).err).toContain('holds no folders');
    expect((await munit('classify', 'train', at('nowhere'))).code).toBe(2);
  }, 120_000);
});

describe('classify --fine-tune', () => {
  it('trains the features too, continues what was interrupted, and evaluate reads them', async () => {
    const classify = (...more: readonly string[]) => munit('classify', 'train', at('modes'), '--out', at('tuned'), '--fine-tune', '1', '--epochs', '1', '--device', 'simd', '--threads', '1', ...more);
    // A file of another fine-tuning is in the way.
    mkdirSync(at('tuned'));
    writeFileSync(at('tuned', 'fine-tuning.safetensors'), 'another');
    expect((await classify()).code).toBeGreaterThan(0);
    expect(existsSync(at('tuned', 'classifier.json'))).toBe(false);
    const { code, out, err } = await classify('--overwrite');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/3 modes by features of alexnet fine-tuned from the last block on; \d+\.\d % of 6 held-out images right/);
    expect(out).toMatch(/On frozen features: \d+\.\d % of the same images/);
    expect(readdirSync(at('tuned'))).toEqual(['classifier.json', 'classifier.safetensors']);
    // Interrupted, and one of the images has become another one of the same name.
    cpSync(at('modes'), at('changing'), { recursive: true });
    const changing = ['classify', 'train', at('changing'), '--out', at('changed'), '--fine-tune', '1', '--epochs', '1', '--device', 'simd', '--threads', '1'];
    let interrupt: Parameters<CliIo['onInterrupt']>[0] = () => undefined;
    const stderr = { isTTY: true, write: (text: string) => void (text.includes('Fine-tuning, step') && interrupt('SIGINT')) };
    const io = { stdout: { write: () => undefined }, stderr, onInterrupt: (listener: typeof interrupt) => ((interrupt = listener), () => undefined), exitNow: () => undefined };
    expect(await run(changing, io)).toBe(130);
    cpSync(at('changing', 'red', '0.png'), at('changing', 'red', '1.png'));
    expect((await munit(...changing)).err).toContain('begun with other images or settings');

    expect((await classify('--overwrite', '--features', 'vgg16')).err).toContain('--fine-tune trains AlexNet');
    expect((await munit('classify', 'train', at('modes'), '--out', at('other'), '--epochs', '3')).err).toContain('--epochs is for --fine-tune');

    const { code: evaluated } = await munit('evaluate', at('real'), at('diverse'), '--styles', '2', '--protocol', 'modes', '--classifier', at('tuned'), '--out', at('by-tuned'), '--device', 'simd', '--threads', '1');
    expect(evaluated).toBe(0);
    const card = JSON.parse(readFileSync(at('tuned', 'classifier.json'), 'utf8')) as { readonly weights: string };
    expect(readdirSync(at('by-tuned', 'features'))).toEqual(['real', 'translations'].map((name) => `${name}.alexnet-${card.weights.slice(0, 12)}.safetensors`));
    const values = valuesOf(read(at('by-tuned')));
    expect(values['is']).toBeGreaterThanOrEqual(values['cis'] as number);
    expect(values['cis']).toBeGreaterThan(0.02);
  }, 480_000);
});

describe('two folders', () => {
  it('are measured by what they are: diversity ranks, distances have a floor, and the page holds all', async () => {
    const evaluate = (which: string) => munit('evaluate', at('real'), at(which), '--styles', '2', '--classifier', at('classifier'), '--resamples', '10', '--out', at(`of-${which}`), '--device', 'simd', '--threads', '1');
    const { code, out, err } = await evaluate('diverse');
    expect([code, err]).toEqual([0, '']);
    expect((await evaluate('collapsed')).code).toBe(0);
    const [diverse, collapsed] = [read(at('of-diverse')), read(at('of-collapsed'))];
    const [a, b] = [valuesOf(diverse), valuesOf(collapsed)];
    expect(diverse.sections.map(({ protocol }) => protocol)).toEqual(['diversity', 'quality', 'modes']);
    expect(b['lpips-alexnet-0.1']).toBe(0);
    expect(a['lpips-alexnet-0.1']).toBeGreaterThan(0.01);
    expect(b['cis']).toBe(0);
    expect(a['cis']).toBeGreaterThan(0.02);
    expect(b['fid-alexnet']).toBeGreaterThan(a['fid-alexnet'] as number);
    expect(diverse.weights.map(({ name, sha256 }) => [name, sha256.length])).toEqual([['@munit/lpips-weights', 64], ['mode classifier', 64]]);
    for (const { figures } of diverse.sections) for (const { name, interval, value } of figures) expect(interval === undefined || (interval.low <= value && value <= interval.high), name).toBe(true);
    expect(out).toContain('too few for a covariance');
    expect(out).toContain('Of 1 pair of translations of each input, where the paper takes 19.');
    expect(out).not.toMatch(/copies|is a copy|the same/);
    const page = readFileSync(at('of-diverse', 'evaluation.html'), 'utf8');
    for (const heading of ['Most diverse inputs', 'Nearest real images', 'Failures', 'Surest of each mode', 'Distance to the nearest real image']) expect(page).toContain(heading);
    expect(page).not.toMatch(/src="(?!data:)|href="(?!#)|<script/);
  }, 240_000);

  it('are refused when they do not fit', async () => {
    const fail = async (...args: readonly string[]) => (await munit('evaluate', ...args, '--out', at('refused'), '--no-resume', '--device', 'simd', '--threads', '1')).err;
    mkdirSync(at('empty'), { recursive: true });
    expect(await fail(at('real'), at('empty'))).toContain('holds no images: it is empty');
    expect(await fail(at('real'), at('nowhere'))).toContain('is not a folder');
    expect(await fail(at('real'), at('diverse'), '--styles', '5')).toContain('24 translations are not 5 of each input');
    expect(await fail(at('real'), at('diverse'), '--protocol', 'diversity')).toContain('needs several translations of each input');
    expect(await fail(at('real'), at('diverse'), '--protocol', 'modes')).toContain('munit classify train');
    expect(await fail(at('real'), at('diverse'), '--features', 'vgg16')).toMatch(/network's weights .*Give the file as --weights/s);
    expect(await fail(at('real'), at('diverse'), '--features', 'vgg')).toContain("Features are taken by alexnet, vgg16, inception, inception-torchvision, not by 'vgg'");
    expect(await fail(at('real'), at('diverse'), '--classifier', at('real'))).toContain('classifier.json is missing');
    mkdirSync(at('tiny'), { recursive: true });
    write(at('tiny'), 'one.png', 1);
    expect(await fail(at('real'), at('tiny'))).toContain('the translated set has 1 image');
    writeFileSync(at('tiny', 'two.png'), encodePng({ width: 20, height: 48, channels: 1, data: new Uint8Array(960).fill(90) }));
    expect(await fail(at('real'), at('tiny'), '--styles', '2', '--protocol', 'diversity')).toContain('must be of one size');
    for (const name of ['one.png', 'two.png']) writeFileSync(at('tiny', name), encodePng({ width: 20, height: 20, channels: 3, data: new Uint8Array(1200).fill(90) }));
    expect(await fail(at('real'), at('tiny'), '--styles', '2', '--protocol', 'diversity')).toContain('at least 31×31, and these are 20×20: give --size');
    writeFileSync(at('tiny', 'three.png'), 'no image');
    expect(await fail(at('real'), at('tiny'), '--protocol', 'quality')).toContain('three.png');
    // Advice that has been taken is none.
    const inRows = await fail(at('real'), at('tiny'), '--protocol', 'quality', '--styles', '3', '--skip-broken');
    expect(inRows).toMatch(/three\.png [^]*--skip-broken leaves none of them out/);
    writeFileSync(at('garbage.pth'), 'x'.repeat(1000));
    for (const network of ['vgg16', 'inception']) expect(await fail(at('real'), at('diverse'), '--features', network, '--weights', at('garbage.pth'))).toContain(`${at('garbage.pth')} cannot be used: `);
  }, 240_000);
});

describe('a folder of results', () => {
  it('is refused where images would be taken or removed that no evaluation has made', async () => {
    for (const name of ['mine', 'measured']) cpSync(at('diverse'), at(name, 'translations'), { recursive: true });
    writeFileSync(at('measured', 'settings.json'), '{}');
    const fail = async (name: string) => (await munit('evaluate', at('real'), at(name, 'translations'), '--protocol', 'quality', '--out', at(name), '--no-resume', '--device', 'simd', '--threads', '1')).err;
    expect(await fail('mine')).toContain('is there already, and no evaluation has made it');
    expect(await fail('measured')).toContain('lies where the evaluation keeps its own translations');
    for (const name of ['mine', 'measured']) expect(readdirSync(at(name, 'translations'))).toHaveLength(24);
  }, 60_000);
});

describe('sets that differ before any model', () => {
  it('are measured with a warning: other sizes, and grey against colour', async () => {
    for (let i = 0; i < 12; i++) {
      mkdirSync(at('grey'), { recursive: true });
      writeFileSync(at('grey', `${i}.png`), encodePng({ width: i === 0 ? 40 : 48, height: 48, channels: 1, data: Uint8Array.from({ length: (i === 0 ? 40 : 48) * 48 }, (_, k) => (k * (i + 3)) % 256) }));
    }
    const evaluate = () => munit('evaluate', at('real'), at('grey'), '--protocol', 'quality', '--resamples', '0', '--out', at('of-grey'), '--device', 'simd', '--threads', '1');
    const { code, out } = await evaluate();
    expect(code).toBe(0);
    const warnings = ['The images have 2 sizes (48×48, 40×48)', 'All translations are grey, and real images are in colour'];
    for (const warning of warnings) expect(out).toContain(warning);
    // Resumed, with features that are there already.
    rmSync(at('of-grey', 'sections'), { recursive: true });
    expect((await evaluate()).out).toBe(out);
    // Another image by the same name: what was measured is not of it.
    write(at('grey'), '3.png', 3);
    expect((await evaluate()).err).toContain('holds an evaluation of another model, of other images, or with other settings');
  }, 240_000);

  it('are measured with a warning where translations are copies of real images, or one image again and again', async () => {
    cpSync(at('real'), at('copied'), { recursive: true });
    write(at('copied'), '0.png', 777);
    for (let i = 0; i < 6; i++) write(at('constant'), `${i}.png`, 778);
    // Of translations of one input each, a broken one can be left out.
    writeFileSync(at('copied', 'broken.png'), 'no image');
    const quality = (real: string, translations: string) => munit('evaluate', at(real), at(translations), '--protocol', 'quality', '--resamples', '0', '--skip-broken', '--out', at(`${translations}-against-${real}`), '--device', 'simd', '--threads', '1');
    const { out } = await quality('real', 'copied');
    expect(out).toContain('23 of 24 translations are copies of a real image');
    expect(out).not.toContain('the same');
    expect(out).toMatch(/! Left out: The image .*broken\.png /);
    expect((await quality('real', 'constant')).out).toContain('All translations are the same image.');
    expect((await quality('constant', 'copied')).out).toContain('All real images are the same one: nothing can be measured by them.');
  }, 240_000);

  it('leave the diversity of translations measured where real images differ in size', async () => {
    const { code, out } = await munit('evaluate', at('grey'), at('diverse'), '--styles', '2', '--protocol', 'diversity', '--out', at('of-sizes'), '--device', 'simd', '--threads', '1');
    expect(code).toBe(0);
    expect(out).toContain('The diversity of the real images is not measured, because they differ in size or are too small');
    expect(valuesOf(read(at('of-sizes')))['lpips-alexnet-0.1']).toBeGreaterThan(0.01);

    mkdirSync(at('lone'));
    write(at('lone'), 'one.png', 1);
    const lone = await munit('evaluate', at('lone'), at('diverse'), '--styles', '2', '--protocol', 'diversity', '--out', at('of-lone'), '--device', 'simd', '--threads', '1');
    expect(lone.out).toContain('The diversity of the real images is not measured: there is only one.');
  }, 240_000);
});

describe('a run', () => {
  const options = ['--inputs', '4', '--styles', '3', '--real', '12', '--resamples', '4', '--device', 'simd', '--threads', '1'];

  it('on the benchmark has its figures, with intervals, perfect sampling and chance', async () => {
    const { code, out } = await munit('evaluate', at('run'), ...options, '--json');
    expect(code).toBe(0);
    const found = JSON.parse(out) as { readonly contentIoU: number; readonly evaluation: EvaluationFile };
    const figures = Object.fromEntries((found.evaluation.sections[0]?.figures ?? []).map((figure) => [figure.name, figure]));
    expect(found).toMatchObject({ run: at('run'), step: 1, inputs: 4, styles: 3 });
    expect(found.contentIoU).toBe(figures['contentIoU']?.value);
    expect(figures['guidedLight']?.beside).toEqual({ 'perfect sampling': 1, chance: 0.25 });
    expect(figures['modesCovered']?.warnings[0]).toBe('Of 3 style codes this is mostly luck: use at least 100.');
    expect(existsSync(at('run', 'evaluation', 'evaluation.html'))).toBe(true);
  }, 120_000);

  it('is measured both ways by all protocols, and resumed with what is left', async () => {
    const all = () => munit('evaluate', at('run'), '--protocol', 'diversity', 'quality', 'reconstruction', '--out', at('of-run'), ...options);
    expect((await all()).err).toBe('');
    const first = read(at('of-run'));
    expect(first.sections.map(({ protocol, to }) => `${protocol} ${to}`)).toEqual(['b', 'a'].flatMap((to) => ['diversity', 'quality', 'reconstruction'].map((name) => `${name} ${to}`)));
    const style = first.sections[2]?.figures.find(({ name }) => name === 'style-reconstruction');
    expect(style?.beside['always 0']).toBeCloseTo(0.7979, 4);
    const made = at('of-run', 'translations', 'to-b', '00001_2.png');
    const before = statSync(made).mtimeMs;
    rmSync(at('of-run', 'sections', 'quality-b.json'));
    rmSync(at('of-run', 'translations', 'to-b', '00000_0.png'));
    await all();
    expect(read(at('of-run')).sections).toEqual(first.sections);
    expect(statSync(made).mtimeMs).toBe(before);
    expect((await munit('evaluate', at('run'), '--protocol', 'quality', '--out', at('of-run'), ...options, '--seed', '3')).err).toContain('with other settings');
  }, 240_000);

  it('of a model without random styles says so, with the 0 that is true, in text, JSON and page', async () => {
    const config = {
      synthetic_count: 12, max_iter: 1, batch_size: 1, display_size: 1, crop_image_height: 32, crop_image_width: 32, trainer: 'UNIT',
      gen: { dim: 2, n_res: 1 }, dis: { dim: 2, n_layer: 1, num_scales: 1 },
    } as const;
    await runTraining({ folder: at('unit'), config, device: 'simd', threads: 1 });
    const evaluate = (...more: readonly string[]) => munit('evaluate', at('unit'), '--classifier', at('classifier'), '--out', at('of-unit'), ...options, ...more);
    const { code, out, err } = await evaluate('--protocol', 'diversity', 'modes');
    expect([code, err]).toEqual([0, '']);
    const sentence = 'This model (unit) has no random styles: it gives one translation of each input.';
    const found = read(at('of-unit'));
    expect(found.sections.map(({ protocol, to }) => `${protocol} ${to}`)).toEqual(['diversity b', 'modes b', 'diversity a']);
    for (const { notes } of found.sections) expect(notes[0]).toContain(sentence);
    const byName = Object.fromEntries(found.sections.slice(0, 2).flatMap(({ figures }) => figures.map((figure) => [figure.name, figure])));
    for (const name of ['lpips-alexnet-0.1', 'lpips-alexnet-0.0-all-pairs', 'cis']) expect([byName[name]?.value, byName[name]?.interval?.high]).toEqual([0, 0]);
    expect(byName['lpips-alexnet-0.1-real']?.value).toBeGreaterThan(0.01);
    expect(byName['cis']?.warnings.join()).not.toContain('few for');
    // The classifier knows the modes of B alone.
    expect(found.leftOut).toEqual([{ protocol: 'modes', to: 'a', why: 'There is no classifier of the modes of A: give --classifier-a.' }]);
    const page = readFileSync(at('of-unit', 'evaluation.html'), 'utf8');
    for (const text of [out, page]) {
      expect(text).toContain(sentence);
      expect(text).toContain('There is no classifier of the modes of A: give --classifier-a.');
    }
  }, 240_000);

  it('whose model overflows is refused, not measured on black images', async () => {
    cpSync(at('run', 'model'), at('diverged'), { recursive: true });
    const path = at('diverged', 'model.safetensors');
    const { tensors, metadata } = readSafetensors(readFileSync(path));
    const broken = [...tensors].map(([name, { shape, float32 }]) => [name, { shape, data: name.includes('dec') ? float32().fill(3e38) : float32() }] as const);
    writeFileSync(path, writeSafetensors(broken, Object.fromEntries(metadata)));
    const card = JSON.parse(readFileSync(at('diverged', 'model.json'), 'utf8')) as { weights: { sha256: string } };
    const text = readFileSync(at('diverged', 'model.json'), 'utf8').replace(card.weights.sha256, createHash('sha256').update(readFileSync(path)).digest('hex'));
    writeFileSync(at('diverged', 'model.json'), text);
    const { code, err } = await munit('evaluate', at('diverged'), '--a', at('real'), '--b', at('real'), '--to', 'b', '--protocol', 'diversity', '--out', at('of-diverged'), ...options);
    expect(code).toBeGreaterThan(0);
    expect(err).toContain('The model makes values that are not finite of');
  }, 60_000);

  it('ends the processes that read images when there is nothing to translate', async () => {
    const disposed = vi.spyOn(DecodePool.prototype, 'dispose');
    const { err } = await munit('evaluate', at('run', 'model'), '--a', at('real'), '--to', 'a', '--out', at('none'), '--device', 'simd', '--threads', '1');
    expect(err).toContain('There are no images that this model translates to A.');
    expect(disposed).toHaveBeenCalledOnce();
    disposed.mockRestore();
  });

  it('names an image that cannot be read, or leaves it out with a warning where that is wanted', async () => {
    cpSync(at('real'), at('spotty'), { recursive: true });
    writeFileSync(at('spotty', 'broken.png'), 'no image');
    const evaluate = (...more: readonly string[]) => munit('evaluate', at('run', 'model'), '--a', at('spotty'), '--b', at('spotty'), '--to', 'b', '--protocol', 'quality', '--inputs', '30', '--styles', '1', '--resamples', '0', '--out', at('of-spotty'), '--device', 'simd', '--threads', '1', ...more);
    const refused = await evaluate();
    expect(refused.code).toBe(3);
    expect(refused.err).toMatch(/broken\.png .*--skip-broken/s);
    const { code, out } = await evaluate('--skip-broken', '--no-resume');
    // Whether a folder's images were trained on is not known.
    expect(Object.keys(read(at('of-spotty')).subject)).toEqual(['model', 'method', 'modelSha256']);
    expect(code).toBe(0);
    const warnings = [expect.stringMatching(/^Left out: The image .*broken\.png /)];
    expect(read(at('of-spotty')).warnings).toEqual(warnings);
    expect(out).toContain('! Left out: ');
    expect(readdirSync(at('of-spotty', 'translations')).join()).not.toContain('broken');
    // The files that are there count, and no more.
    expect(read(at('of-spotty')).sections.flatMap(({ figures }) => figures).find(({ name }) => name === 'fid-alexnet')?.count).toBe(24);
  }, 240_000);

  it('gives a model without images a clear error', async () => {
    expect((await munit('evaluate', at('run', 'model'), '--protocol', 'quality', '--out', at('none'), '--device', 'simd', '--threads', '1')).err).toContain('Give folders of images of both domains: --a and --b.');
  }, 60_000);
});
