import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeModel } from '@munit/formats/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFilm, readFilm } from '../../../infer/test/films.js';
import { modelFor } from '../../../infer/test/models.js';
import { exitCodes } from '../exitCodes.js';
import { run } from '../run.js';

const work = mkdtempSync(join(tmpdir(), 'munit-cli-film-'));
const [model, film, out] = [join(work, 'model'), join(work, 'film.mp4'), join(work, 'out.mp4')];
afterAll(() => rmSync(work, { recursive: true, force: true }));

async function munit(args: readonly string[], isTTY = false): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const code = await run(['translate', ...args], {
    stdout: { write: (part) => (text.out += part) },
    stderr: { isTTY, write: (part) => (text.err += part) },
    onInterrupt: () => () => undefined,
    exitNow: () => undefined,
  });
  return { code, ...text };
}

const simd = ['--device', 'simd', '--threads', '1'];

beforeAll(async () => {
  await writeModel(model, modelFor());
  await makeFilm(film, { frames: 6 });
  await sharp({ create: { width: 16, height: 16, channels: 3, background: '#396' } }).png().toFile(join(work, 'photo.png'));
}, 60_000);

describe('munit translate of a film', () => {
  it('makes a film, says how far it is, and leaves alone what is done', async () => {
    const first = await munit([model, film, '--out', out, ...simd], true);
    expect([first.code, first.out]).toEqual([exitCodes.ok, expect.stringMatching(/^6 frames translated in \d+\.\d s: .*out\.mp4\n$/)]);
    expect(first.err).toContain('Film: MP4, avc; 32×24, 6 frames\n');
    expect(first.err).toMatch(/Frame 6 of 6; \d+(\.\d)? frames a second, 0\.0 s left/);
    expect((await readFilm(out)).frames).toHaveLength(6);
    expect(await munit([model, film, '--out', out, ...simd])).toMatchObject({ code: exitCodes.ok, out: `6 frames already there: ${out}\n` });
    const other = await munit([model, film, '--out', out, '--seed', '2', ...simd]);
    expect([other.code, other.err]).toEqual([exitCodes.usage, expect.stringContaining('Write to another folder, keep the settings, or give --no-resume')]);
    expect(await munit([model, film, '--out', out, '--seed', '2', '--no-resume', ...simd])).toMatchObject({ code: exitCodes.ok });
  }, 60_000);

  it('takes an example, a window, another format, and reports in JSON', async () => {
    const webm = join(work, 'out.webm');
    const { code, out: text } = await munit([model, film, '--out', webm, '--example', join(work, 'photo.png'), '--stabilise', '--json', ...simd]);
    const { seconds, ...report } = JSON.parse(text) as Record<string, unknown>;
    expect([code, typeof seconds]).toEqual([exitCodes.ok, 'number']);
    expect(report).toEqual({ model, device: 'simd', input: film, out: webm, translated: 6, kept: 0, missing: 0, sound: [{ codec: 'aac', as: 'opus' }], format: 'MP4, avc' });
    expect((await munit([model, film, '--out', webm, '--example', join(work, 'photo.png'), '--stabilise', '8', ...simd])).out).toBe(`6 frames already there, sound changed from aac to opus: ${webm}\n`);
  }, 60_000);

  it.each([
    [['--shard', '1/2'], 'A film is not divided into parts'],
    [['--styles', '3'], 'A film has one style'],
    [['--interpolate', '4'], '--interpolate goes from one to another'],
    [['--grid', 'grid.png'], 'Leave out --grid'],
    [['--format', 'png'], 'says what the film is, and so does --format'],
    [['--stabilise', '0'], 'It must be a whole number from 1 to 1000'],
    [['another.mp4'], 'is one film, but 2 inputs were given'],
  ])('refuses %j', async (args, message) => {
    const refused = await munit([model, film, ...args, '--out', join(work, 'refused.mp4'), ...simd]);
    expect([refused.code, refused.err]).toEqual([exitCodes.usage, expect.stringContaining(message)]);
  });

  it('a part that a scheduler has set is refused too, unless --shard none says otherwise', async () => {
    Object.assign(process.env, { SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_TASK_COUNT: '4' });
    try {
      expect((await munit([model, film, '--out', join(work, 'slurm.mp4'), ...simd])).err).toContain('in a job array give --shard none');
      expect((await munit([model, film, '--out', join(work, 'slurm.mp4'), '--shard', 'none', ...simd])).code).toBe(exitCodes.ok);
    } finally {
      delete process.env['SLURM_ARRAY_TASK_ID'];
      delete process.env['SLURM_ARRAY_TASK_COUNT'];
    }
  }, 30_000);

  it('says what to do with a film among images, and with what is not a film', async () => {
    const folder = await munit([model, film, ...simd]);
    expect([folder.code, folder.err]).toEqual([exitCodes.usage, `munit: ${film} is a film (MP4).\n  Give --out the name of a film, such as out.mp4.\n`]);
    expect((await munit([model, join(work, 'photo.png'), '--stabilise', ...simd])).err).toContain('--stabilise is for films.');
    writeFileSync(join(work, 'text.mp4'), 'words');
    const text = await munit([model, join(work, 'text.mp4'), '--out', join(work, 'refused.mp4'), ...simd]);
    expect([text.code, text.err]).toEqual([exitCodes.data, expect.stringContaining('is not a film that can be read')]);
    expect(existsSync(join(work, 'refused.mp4'))).toBe(false);
  });
});
