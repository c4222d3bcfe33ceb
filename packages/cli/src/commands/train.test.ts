import { cpSync, existsSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../exitCodes.js';
import type { CliIo } from '../io.js';
import { run } from '../run.js';

const work = mkdtempSync(join(tmpdir(), 'munit-cli-train-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Noise, so that a JPEG of it is not blank. */
const photo = (size: number): Sharp =>
  sharp({ create: { width: size, height: size, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 60 } } });

const [a, b, c] = [join(work, 'a'), join(work, 'b'), join(work, 'c')];

beforeAll(async () => {
  for (const folder of [a, b, c]) {
    mkdirSync(folder);
    for (let i = 0; i < 4; i++) await photo(24).jpeg().toFile(join(folder, `good${i}.jpg`));
  }
  await photo(200).jpeg().toFile(join(a, 'truncated.jpg'));
  truncateSync(join(a, 'truncated.jpg'), 400);
  writeFileSync(join(a, 'empty.png'), '');
  await photo(24).png().toFile(join(a, 'mislabelled.jpg'));
  writeFileSync(join(a, 'text.png'), 'this is not an image');
  await photo(1).png().toFile(join(a, 'onePixel.png'));
  // 20,000 × 20,000 pixels of one colour: small on disk, 1.2 GB decoded.
  await sharp({ create: { width: 20_000, height: 20_000, channels: 3, background: '#fff' }, limitInputPixels: false }).png({ compressionLevel: 1 }).toFile(join(a, 'huge.png'));
  writeFileSync(join(a, 'notes.txt'), 'not an image and not called one');
}, 240_000);

async function munit(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const io: CliIo = {
    stdout: { write: (part) => (text.out += part) },
    stderr: { write: (part) => (text.err += part) },
    onInterrupt: () => () => undefined,
    exitNow: () => undefined,
  };
  return { code: await run(args, io), ...text };
}

const tiny = [
  '--size', '16', '--batch', '2', '--device', 'simd', '--threads', '1', '--progress', 'lines',
  '--set', 'gen={dim: 2, mlp_dim: 4, style_dim: 2, n_res: 1}', '--set', 'dis={dim: 2, n_layer: 1, num_scales: 1}', '--set', 'display_size=2',
];

describe('munit train', () => {
  it('trains past broken files and names each of them', async () => {
    const out = join(work, 'broken');
    const { code, err } = await munit('train', '--a', a, '--b', b, '--out', out, '--steps', '12', ...tiny);
    expect(err).not.toMatch(/^munit: /m);
    expect(err).toMatch(/^Preparing the images, the device and the networks\.\n/);
    expect(err).toMatch(/^Training on .* 12 steps, .*\nWatch the run in .*broken.report\.html\.\n/m);
    expect(code).toBe(exitCodes.ok);
    for (const name of ['truncated.jpg', 'empty.png', 'text.png', 'huge.png']) expect(err).toMatch(new RegExp(`Skipped ${name.replace('.', '\\.')} \\(domain A\\)`));
    expect(err).toMatch(/mislabelled\.jpg \(domain A\) is a png file though its name says \.jpg/);
    expect(err).toMatch(/onePixel\.png \(domain A\) is only 1×1 and was enlarged to 16×16/);
    expect(readFileSync(join(out, 'events.jsonl'), 'utf8')).toContain('Skipped empty.png');
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('empty.png');
  }, 120_000);

  it('says with --dry-run that the images are not there, and prints the configuration all the same', async () => {
    const { code, out, err } = await munit('train', '--a', join(work, 'nowhere'), '--b', b, '--out', join(work, 'dry'), ...tiny, '--dry-run');
    expect([code, existsSync(join(work, 'dry'))]).toEqual([exitCodes.ok, false]);
    expect(out).toMatch(/^new_size: 16$/m);
    expect(err).toContain(`Warning: this would not start. The folder ${join(work, 'nowhere')} does not exist.`);
    expect((await munit('train', '--a', a, '--b', b, '--out', join(work, 'dry'), ...tiny, '--dry-run')).err).not.toContain('Warning');
  });

  it('says at the start, with --dry-run too, what cannot work', async () => {
    const out = join(work, 'impossible');
    for (const more of [['--size', '30'], ['--set', 'new_size_a=8'], ['--set', 'beta2=1'], ['--set', 'dis.num_scales=9']]) {
      for (const dry of [[], ['--dry-run']]) {
        const { code, err } = await munit('train', '--a', join(work, 'nowhere'), '--b', b, '--out', out, ...tiny, ...more, ...dry);
        expect(err).toMatch(/^munit: The configuration cannot be used: /m);
        expect(code).toBe(exitCodes.usage);
        expect(existsSync(out)).toBe(false);
      }
    }
  });

  it('resolves a published file of UNIT as UNIT, and says so', async () => {
    const file = join(work, 'unit.yaml');
    writeFileSync(file, 'recon_x_w: 10\nrecon_h_w: 0\nrecon_kl_w: 0.01\nrecon_x_cyc_w: 10\nrecon_kl_cyc_w: 0.01\ndata_root: ./datasets/edges2shoes/\n');
    const { code, out, err } = await munit('train', '--config', file, '--dry-run');
    expect(code).toBe(exitCodes.ok);
    expect(out).toMatch(/^trainer: UNIT$/m);
    expect(err).toMatch(/UNIT is trained/);
    expect(err).toMatch(/'recon_h_w' .* is not used/);
  });

  it('with --strict stops at the first broken file', async () => {
    const { code, err } = await munit('train', '--a', a, '--b', b, '--out', join(work, 'strict'), '--steps', '12', '--strict', ...tiny);
    expect(code).toBe(exitCodes.data);
    expect(err).toContain('broken images are not allowed (strict)');
  }, 120_000);

  it('refuses a folder that holds a run, continues it, and refuses other settings for it', async () => {
    const out = join(work, 'again');
    expect((await munit('train', '--a', c, '--b', b, '--out', out, '--steps', '2', ...tiny)).code).toBe(exitCodes.ok);
    const refused = await munit('train', '--a', c, '--b', b, '--out', out, '--steps', '2', ...tiny);
    expect(refused.code).toBe(exitCodes.run);
    expect(refused.err).toContain('already holds a run');
    const changed = await munit('train', '--resume', out, '--set', 'lr=0.1');
    expect(changed.code).toBe(exitCodes.usage);
    expect(changed.err).toContain("A resumed run's configuration cannot change: lr.");
    const resumed = await munit('train', '--resume', out, '--steps', '4', '--device', 'simd', '--threads', '1', '--progress', 'lines');
    expect(resumed.err).toContain('Resumed at step 2');
    expect(resumed.code).toBe(exitCodes.ok);
    const rows = readFileSync(join(out, 'losses.csv'), 'utf8').trim().split('\n');
    expect(rows.map((row) => row.split(',')[0])).toEqual(['step', '1', '2', '4']);

    // The images have moved: their names say that they are the same.
    const moved = join(work, 'moved');
    renameSync(b, moved);
    const there = ['--device', 'simd', '--threads', '1', '--progress', 'lines'];
    expect((await munit('train', '--resume', out, '--steps', '5', ...there)).code).toBe(exitCodes.data);
    const dry = await munit('train', '--resume', out, '--steps', '5', '--a', c, '--b', moved, '--dry-run');
    expect(dry.out).toMatch(/^max_iter: 5$/m);
    expect(dry.out).toContain(`data_folder_train_b: ${moved}`);
    expect((await munit('train', '--resume', out, '--steps', '5', '--a', c, '--b', moved, ...there)).code).toBe(exitCodes.ok);
    // Others are refused, unless that is wanted.
    renameSync(join(moved, 'good0.jpg'), join(moved, 'other.jpg'));
    const others = await munit('train', '--resume', out, '--steps', '6', ...there);
    expect(others.code).toBe(exitCodes.data);
    expect(others.err).toContain('are not those that the saved position belongs to');
    expect((await munit('train', '--resume', out, '--steps', '6', '--new-images', ...there)).code).toBe(exitCodes.ok);
    renameSync(join(moved, 'other.jpg'), join(moved, 'good0.jpg'));
    renameSync(moved, b);
  }, 120_000);

  it('refuses places that cannot be meant, before a folder is made', async () => {
    const link = join(work, 'link');
    symlinkSync(b, link);
    const inside = join(work, 'set');
    cpSync(b, join(inside, 'samples'), { recursive: true });
    const cases: [string[], string][] = [
      [['--a', b, '--b', link, '--out', join(work, 'no')], `Both domains have the same images, those of ${b}.`],
      [['--a', c, '--b', `${b}/../b/`, '--out', link], `The run folder ${link} is a folder of its images.`],
      [['--a', c, '--b', join(inside, 'samples'), '--out', inside, '--overwrite'], `The images in ${join(inside, 'samples')} lie where the run writes its own`],
      [['--a', c, '--b', b, '--out', ''], "option '--out <folder>' argument '' is invalid. It is empty: a path is required."],
      [['--a', '', '--b', b], "argument '' is invalid"],
      [['--a', c, '--b', b, '--out=~nobody-here/run'], "The shell has not replaced '~nobody-here': write the whole path."],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await munit('train', ...args, '--steps', '1', ...tiny);
      expect([code, err]).toEqual([exitCodes.usage, expect.stringContaining(message)]);
    }
    expect(readdirSync(inside)).toEqual(['samples']);
    expect(readdirSync(join(inside, 'samples'))).toHaveLength(4);
    expect(existsSync(join(work, 'no'))).toBe(false);
    expect((await munit('train', '--a', '~/munit-nowhere', '--b', b, '--out', join(work, 'no'), ...tiny)).err).toContain(join(homedir(), 'munit-nowhere'));
  });

  it('continues a run that lies among its images', async () => {
    const images = join(work, 'd');
    cpSync(c, images, { recursive: true });
    const out = join(images, 'run');
    const there = ['--device', 'simd', '--threads', '1', '--progress', 'lines'];
    expect((await munit('train', '--a', images, '--b', b, '--out', out, '--steps', '1', '--set', 'image_save_iter=1', ...tiny)).code).toBe(exitCodes.ok);
    expect(readdirSync(join(out, 'samples')).filter((name) => name.endsWith('.png')).length).toBeGreaterThan(0);
    const { code, err } = await munit('train', '--resume', out, '--steps', '2', ...there);
    expect([code, err]).toEqual([exitCodes.ok, expect.stringContaining('Resumed at step 1')]);
    expect((await munit('data', 'check', images, '--min-side', '1')).out).toMatch(/ 4 usable of 4,[^]*not images \(ignored\)\n {4}run\/ \(a run\)/);
  }, 60_000);

  it('names the reason when all images are broken, and what is given in place of a folder', async () => {
    const broken = join(work, 'all-broken.txt');
    writeFileSync(broken, 'x.png\ny.png\n');
    const none = await munit('train', '--a', broken, '--b', b, '--out', join(work, 'none'), '--steps', '1', ...tiny);
    expect([none.code, none.err]).toEqual([exitCodes.data, expect.stringMatching(/None of the 2 images of the list .* can be used; the last one, y\.png, does not exist\.\n {2}Run `munit data check`/)]);
    const picture = await munit('train', '--a', join(b, 'good0.jpg'), '--b', b, '--out', join(work, 'none2'), '--steps', '1', ...tiny);
    expect([picture.code, picture.err]).toEqual([exitCodes.data, expect.stringContaining(`${join(b, 'good0.jpg')} is a JPEG image, not a list of images.\n  Give the folder that holds it.`)]);
  }, 60_000);

  it('prints the resolved configuration for --dry-run, and trains nothing', async () => {
    const { code, out } = await munit('train', '--a', a, '--b', b, '--out', join(work, 'dry'), '--preset', 'faces', '--dry-run');
    expect(code).toBe(exitCodes.ok);
    expect(out).toMatch(/^recon_x_cyc_w: 10$/m);
    expect(out).toContain(`data_folder_train_a: ${a}`);
  });
});

describe('munit evaluate', () => {
  it('measures a run of the benchmark, and says why it cannot measure another', async () => {
    const config = join(work, 'synthetic.yaml');
    writeFileSync(config, 'synthetic_count: 8\nsnapshot_save_iter: 2\n');
    const out = join(work, 'synthetic');
    expect((await munit('train', '--config', config, '--out', out, '--steps', '2', ...tiny)).code).toBe(exitCodes.ok);
    const { code, out: text } = await munit('evaluate', out, '--inputs', '2', '--styles', '3', '--device', 'simd', '--threads', '1', '--json');
    expect(code).toBe(exitCodes.ok);
    const figures = JSON.parse(text) as Record<string, number>;
    expect(figures['step']).toBe(2);
    expect(figures['contentIoU']).toBeGreaterThanOrEqual(0);
    expect(figures['contentIoU']).toBeLessThan(0.6); // two steps teach nothing
    const other = await munit('evaluate', join(work, 'again'), '--protocol', 'synthetic', '--device', 'simd', '--threads', '1');
    expect(other.code).toBe(exitCodes.run);
    expect(other.err).toContain('not trained on the synthetic benchmark');
  }, 120_000);
});
