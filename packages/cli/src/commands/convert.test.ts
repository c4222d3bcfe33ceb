import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Model, readCheckpoint } from '@munit/formats';
import { loadModel } from '@munit/formats/node';
import { afterAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../exitCodes.js';
import { run } from '../run.js';

const work = mkdtempSync(join(tmpdir(), 'munit-cli-convert-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const reference = fileURLToPath(new URL('../../../formats/test-data/reference', import.meta.url));
/** Written by the published code. */
const gen = join(reference, 'checkpoint_munit', 'gen_00000005.legacy.pt');
const published = readCheckpoint(readFileSync(gen));

/** Names, shapes and the bytes of the values. */
const digest = ({ a, b }: Model['networks']): unknown[] =>
  [...a, ...b].map(([name, { shape, data }]) => [name, [...shape], createHash('sha256').update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).digest('hex')]);

async function munit(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const io = {
    stdout: { write: (part: string) => (text.out += part) },
    stderr: { write: (part: string) => (text.err += part) },
    onInterrupt: () => () => undefined,
    exitNow: () => undefined,
  };
  return { code: await run(['convert', ...args], io), ...text };
}

describe('munit convert', () => {
  it('brings an official checkpoint in, says what it is, and takes it out again as it was', async () => {
    if (published.kind !== 'generator') throw new Error(published.kind);
    const { architecture, networks } = published;
    const folder = join(work, 'model');
    const { code, out } = await munit(gen, '--out', folder, '--names', 'edges,shoes', '--padding', 'zero');
    expect(code).toBe(exitCodes.ok);
    expect(out).toMatch(/kind {5}MUNIT, both generators, [\d,]+ parameters\n {2}domains {2}edges \(a, 3 channels\), shoes \(b, 3 channels\)\n/);
    expect(out).toContain('model.safetensors (');
    const model = await loadModel(folder);
    expect(model).toMatchObject({ architecture: { ...architecture, padMode: 'zero' }, domains: { a: { name: 'edges' } } });
    expect(digest(model.networks)).toEqual(digest(networks));

    const [single, pt] = [join(work, 'one.safetensors'), join(work, 'gen.pt')];
    expect((await munit(folder, '--out', single)).code).toBe(exitCodes.ok);
    expect(digest((await loadModel(single)).networks)).toEqual(digest(networks));
    const found = JSON.parse((await munit(single, '--out', pt, '--json')).out) as Record<string, unknown>;
    expect(found).toMatchObject({ source: single, to: 'pytorch', domains: { b: { name: 'shoes' } }, files: [{ path: pt, bytes: readFileSync(pt).length }] });
    const back = readCheckpoint(readFileSync(pt));
    expect(back.kind === 'generator' && digest(back.networks)).toEqual(digest(networks));
  });

  it('writes ONNX graphs', async () => {
    const folder = join(work, 'graphs');
    expect((await munit(gen, '--out', folder, '--to', 'onnx')).code).toBe(exitCodes.ok);
    expect(readdirSync(folder).sort()).toEqual(
      ['a', 'b'].flatMap((d) => [`content_${d}`, `decoder_${d}`, `style_${d}`, `translate_${d}_to_${d === 'a' ? 'b' : 'a'}`]).map((name) => `${name}.onnx`).sort(),
    );
  });

  it('refuses by exit code: what is not a model, what exists already, what does not fit', async () => {
    const notes = join(work, 'notes.pt');
    writeFileSync(notes, 'no checkpoint');
    expect((await munit(notes, '--out', join(work, 'x'))).code).toBe(exitCodes.run);
    const dis = await munit(join(reference, 'checkpoint_munit', 'dis_00000005.pt'), '--out', join(work, 'x'));
    expect([dis.code, dis.err]).toEqual([exitCodes.run, expect.stringContaining("kind 'discriminator'")]);
    const taken = await munit(gen, '--out', notes);
    expect([taken.code, taken.err]).toEqual([exitCodes.usage, expect.stringContaining('give --overwrite')]);
    expect((await munit(gen, '--out', notes, '--overwrite')).code).toBe(exitCodes.ok);
    const half = await munit(gen, '--out', join(work, 'x'), '--to', 'onnx', '--dtype', 'fp16');
    expect([half.code, half.err]).toEqual([exitCodes.usage, expect.stringContaining('Leave out --dtype')]);
    expect((await munit(gen)).code).toBe(exitCodes.usage);
  });
});
