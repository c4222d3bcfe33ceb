import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel } from '@munit/formats/node';
import { loadTranslator } from '@munit/infer/node';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../exitCodes.js';
import { run } from '../run.js';

const work = mkdtempSync(join(tmpdir(), 'munit-cli-translate-'));
const [trained, inputs, model] = [join(work, 'run'), join(work, 'in'), join(work, 'run', 'model')];
afterAll(() => rmSync(work, { recursive: true, force: true }));

async function munit(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const code = await run(
    args,
    {
      stdout: { write: (part) => (text.out += part) },
      stderr: { write: (part) => (text.err += part) },
      onInterrupt: () => () => undefined,
      exitNow: () => undefined,
    },
  );
  return { code, ...text };
}

const simd = ['--device', 'simd', '--threads', '1'];
const translated = (...args: string[]): ReturnType<typeof munit> => munit('translate', ...args, ...simd);
const noise = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 60 } } });
const sizeOf = async (path: string): Promise<number[]> => {
  const { width, height } = await sharp(path).metadata();
  return [width, height];
};

beforeAll(async () => {
  mkdirSync(join(inputs, 'deep'), { recursive: true });
  await noise(20, 13).png().toFile(join(inputs, 'one.png'));
  await noise(9, 24).jpeg().toFile(join(inputs, 'deep', 'two.jpg'));
  await noise(16, 16).png().toFile(join(work, 'photo.png'));
  const config = join(work, 'config.yaml');
  writeFileSync(config, 'synthetic_count: 4\ndisplay_size: 1\nlr: 0.05\nema_half_life_images: 2\ngen: { dim: 2, mlp_dim: 4, style_dim: 2, n_res: 1 }\ndis: { dim: 2, n_layer: 1, num_scales: 1 }\n');
  const { code, err } = await munit('train', '--config', config, '--out', trained, '--steps', '2', '--size', '16', '--batch', '2', '--progress', 'quiet', ...simd);
  if (code !== 0) throw new Error(err);
}, 60_000);

describe('munit translate', () => {
  it('translates a folder with the model of a run, and only what is left of it', async () => {
    const [out, grid] = [join(work, 'out'), join(work, 'pictures', 'grid.png')];
    const args = [trained, inputs, '--out', out, '--styles', '2', '--seed', '3'];
    const { code, out: text, err } = await translated(...args, '--grid', grid);
    expect(code).toBe(exitCodes.ok);
    expect(err).toContain(`Model: ${model}; device: `);
    expect(text).toBe(`2 images translated. Results: ${out}, ${grid}\n`);
    const names = readdirSync(out, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.png'))
      .sort();
    expect(names).toEqual([join('deep', 'two_0.png'), join('deep', 'two_1.png'), 'one_0.png', 'one_1.png']);
    expect(await sizeOf(join(out, 'deep', 'two_1.png'))).toEqual([9, 24]);
    expect(await sizeOf(grid)).toEqual([3 * 192 + 4 * 4, 2 * 192 + 3 * 4]);

    const whole = readFileSync(join(out, 'one_1.png'));
    truncateSync(join(out, 'one_1.png'), 60);
    const before = statSync(join(out, 'deep', 'two_0.png')).mtimeMs;
    const again = JSON.parse((await translated(...args, '--json')).out) as Record<string, unknown>;
    expect(again).toMatchObject({ device: 'simd', out, grid: null, translated: 1, skipped: 1, failed: [] });
    expect(readFileSync(join(out, 'one_1.png')).equals(whole)).toBe(true);
    expect(statSync(join(out, 'deep', 'two_0.png')).mtimeMs).toBe(before);

    const other = await translated(...args.slice(0, -1), '4');
    expect(other.code).toBe(exitCodes.usage);
    expect(other.err).toContain('other settings');
    expect(other.err).toContain('--no-resume to make all of them again');
    expect((await translated(...args.slice(0, -1), '4', '--no-resume')).out).toMatch(/^2 images translated/);
  });

  it('gives what the translator gives: the style of an example, the other direction', async () => {
    const one = join(inputs, 'one.png');
    const translator = await loadTranslator(model, { device: 'simd', threads: 1 });
    const guided = await translator.translate(one, { example: join(work, 'photo.png') });
    const back = await translator.translate(one, { to: 'a', seed: 5 });
    translator.dispose();
    const [g, b] = [join(work, 'guided'), join(work, 'back')];
    expect((await translated(model, one, '--out', g, '--example', join(work, 'photo.png'))).code).toBe(exitCodes.ok);
    expect((await translated(model, one, '--out', b, '--to', 'a', '--synchronized', '--seed', '5')).code).toBe(exitCodes.ok);
    expect(new Uint8Array(await sharp(join(g, 'one.png')).raw().toBuffer())).toEqual(guided.data);
    expect(new Uint8Array(await sharp(join(b, 'one.png')).raw().toBuffer())).toEqual(back.data);
  });

  it('interpolates into a GIF, and to an example into frames whose last one has its style', async () => {
    const one = join(inputs, 'one.png');
    const [gif, frames] = [join(work, 'gif'), join(work, 'frames')];
    expect((await translated(model, one, '--out', gif, '--interpolate', '4', '--mode', 'lerp', '--format', 'gif')).code).toBe(exitCodes.ok);
    expect(await sharp(join(gif, 'one.gif'), { animated: true }).metadata()).toMatchObject({ format: 'gif', width: 20, pageHeight: 13, loop: 0 });
    const example = join(work, 'photo.png');
    expect((await translated(model, one, '--out', frames, '--interpolate', '3', '--format', 'png', '--example', example)).code).toBe(exitCodes.ok);
    const translator = await loadTranslator(model, { device: 'simd', threads: 1 });
    const guided = await translator.translate(one, { example });
    translator.dispose();
    expect(new Uint8Array(await sharp(join(frames, 'one', 'frame_2.png')).raw().toBuffer())).toEqual(guided.data);
  });

  it('makes films: a transition as MP4, and frames of a film in one style', async () => {
    const films = join(work, 'films');
    expect((await translated(model, join(inputs, 'one.png'), '--out', films, '--interpolate', '3', '--format', 'mp4')).code).toBe(exitCodes.ok);
    const video = readFileSync(join(films, 'one.mp4'));
    expect([video.toString('latin1', 4, 8), video.readUInt32BE(video.indexOf('stsz') + 12)]).toEqual(['ftyp', 4]);

    const [frames, out] = [join(work, 'film'), join(work, 'film-out')];
    mkdirSync(frames);
    const still = await noise(16, 12).png().toBuffer();
    for (const name of ['001.png', '002.png', '003.png']) writeFileSync(join(frames, name), still);
    expect((await translated(model, frames, '--out', out, '--synchronized', '--seed', '2')).code).toBe(exitCodes.ok);
    // Equal frames in one style are equal; with styles of their own they would not be.
    const results = ['001.png', '002.png', '003.png'].map((name) => readFileSync(join(out, name)));
    expect(results.every((bytes) => bytes.equals(results[0]!))).toBe(true);
    expect((await translated(model, frames, '--out', join(work, 'film-own'), '--seed', '2')).code).toBe(exitCodes.ok);
    expect(readFileSync(join(work, 'film-own', '001.png')).equals(readFileSync(join(work, 'film-own', '002.png')))).toBe(false);
  });

  it('translates in bands what does not fit, with the same result', async () => {
    const large = join(work, 'large.png');
    await noise(200, 300).png().toFile(large);
    const [whole, bands] = [join(work, 'whole'), join(work, 'bands')];
    await translated(model, large, '--out', whole);
    expect((await translated(model, large, '--out', bands, '--memory', '1024KiB')).code).toBe(exitCodes.ok);
    const pixels = await Promise.all([whole, bands].map((folder) => sharp(join(folder, 'large.png')).raw().toBuffer()));
    const differences = pixels[0]!.map((value, i) => Math.abs(value - pixels[1]![i]!));
    expect([pixels[0]!.length, differences.every((difference) => difference <= 1)]).toEqual([200 * 300 * 3, true]);
    const wide = join(work, 'wide.png');
    await noise(6000, 20).png().toFile(wide);
    const refused = await translated(model, wide, '--out', bands, '--no-resume', '--memory', '1');
    expect([refused.code, refused.err]).toEqual([exitCodes.device, expect.stringContaining('raise --memory')]);
  });

  it('takes a checkpoint of a run, and the newest one where the run left no model', async () => {
    const one = join(inputs, 'one.png');
    const first = await translated(trained, one, '--out', join(work, 'first'), '--checkpoint', '0');
    expect([first.code, first.err]).toEqual([exitCodes.ok, expect.stringContaining(`Model: ${trained} at step 0`)]);
    cpSync(trained, join(work, 'run2'), { recursive: true, filter: (path) => path !== model });
    expect(existsSync(join(work, 'run2', 'model'))).toBe(false);
    const newest = await translated(join(work, 'run2'), one, '--out', join(work, 'newest'));
    expect(newest.err).toContain('run2 at step 2');
    await translated(model, one, '--out', join(work, 'left'));
    expect(readFileSync(join(work, 'newest', 'one.png')).equals(readFileSync(join(work, 'left', 'one.png')))).toBe(true);
    expect(readFileSync(join(work, 'first', 'one.png')).equals(readFileSync(join(work, 'left', 'one.png')))).toBe(false);
    expect((await translated(trained, one, '--checkpoint', '7')).code).toBe(exitCodes.run);
    expect((await translated(model, one, '--checkpoint', 'best')).code).toBe(exitCodes.usage);
  });

  it('tells by its exit code what is wrong, and does the others when one file is broken', async () => {
    const broken = join(work, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, 'bad.png'), readFileSync(join(inputs, 'one.png')).subarray(0, 99));
    await noise(8, 8).png().toFile(join(broken, 'good.png'));
    const out = join(work, 'broken-out');
    const partly = await translated(model, broken, '--out', out);
    expect([partly.code, partly.out]).toEqual([exitCodes.data, `1 image translated, 1 failed. Results: ${out}\n`]);
    expect(partly.err).toMatch(/Not translated: .*bad\.png/);
    const absent = join(work, 'absent');
    const nothing = await translated(absent, broken, '--out', out);
    expect([nothing.code, nothing.err]).toEqual([exitCodes.run, `munit: ${absent} does not exist.\n  Give a run folder, a model folder, a .safetensors or a .pt file.\n`]);
    expect((await translated(inputs, broken, '--out', out)).code).toBe(exitCodes.run);
    expect((await translated(model, absent, '--out', out)).code).toBe(exitCodes.data);
    expect((await translated(model, broken, '--out', out, '--example', absent)).code).toBe(exitCodes.data);
    for (const wrong of [['--styles', '2', '--example', 'x.png'], ['--mode', 'lerp'], ['--format', 'gif'], ['--interpolate', '4', '--format', 'jpg'], ['--interpolate', '4', '--styles', '2'], ['--grid', 'x.jpg']]) {
      expect((await translated(model, broken, ...wrong)).code, wrong.join(' ')).toBe(exitCodes.usage);
    }
  });

  it('stops at Ctrl-C', async () => {
    let text = '';
    const io = { stdout: { write: () => 0 }, stderr: { write: (part: string) => (text += part) }, onInterrupt: (stop: (kind: 'SIGINT') => void) => (stop('SIGINT'), () => undefined), exitNow: () => undefined };
    expect(await run(['translate', model, inputs, '--out', join(work, 'stopped'), ...simd], io)).toBe(exitCodes.interrupted);
    expect(text).toContain('Stopping');
    expect(existsSync(join(work, 'stopped', 'one.png'))).toBe(false);
  });
});

describe('munit convert', () => {
  it('halves the model of a run', async () => {
    const out = join(work, 'half');
    expect((await munit('convert', trained, '--out', out, '--dtype', 'fp16')).out).toMatch(/trained {2}2 steps\n[^]*wrote/);
    expect((await loadModel(out)).training).toMatchObject({ steps: 2 });
    expect(statSync(join(out, 'model.safetensors')).size).toBeLessThan(statSync(join(model, 'model.safetensors')).size);
  });
});
