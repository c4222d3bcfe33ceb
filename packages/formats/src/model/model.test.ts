import { ArgumentError, CheckpointMismatchError, readSafetensors, writeSafetensors } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { modelFor, tiny } from '../../test/models.js';
import { referenceFile } from '../../test/reference.js';
import { ModelSourceError } from '../errors.js';
import { writeNetworks } from '../official/export.js';
import { readCheckpoint } from '../official/recognize.js';
import { float32Tensor } from '../torch/tensor.js';
import { loadModel } from './load.js';
import { modelOf } from './imported.js';
import { type ModelFiles, packModel } from './pack.js';
import type { LoadProgress } from './types.js';

const model = modelFor(tiny);
const files = await packModel(model);

function asFiles(entries: ModelFiles): File[] {
  return [...entries].map(([name, bytes]) => new File([bytes], name));
}

function withText(name: string, change: (text: string) => string): File[] {
  return asFiles(new Map([...files].map(([n, bytes]) => [n, n === name ? new TextEncoder().encode(change(new TextDecoder().decode(bytes))) : bytes])));
}

describe('a model folder', () => {
  it('holds weights, manifest and card', () => {
    expect([...files.keys()]).toEqual(['model.safetensors', 'model.json', 'README.md']);
  });

  it('comes back as it went in', async () => {
    expect(await loadModel(asFiles(files))).toEqual(model);
    expect(await loadModel(files)).toEqual(model);
  });

  it('is written with the same bytes each time', async () => {
    expect(await packModel(modelFor(tiny))).toEqual(files);
  });

  it("has the generators' tensors under PyTorch's names and in its layout", () => {
    const { tensors, metadata } = readSafetensors(files.get('model.safetensors') ?? new Uint8Array());
    expect(tensors.get('gen_b.dec.model.3.conv.weight')?.shape).toEqual([3, 2, 7, 7]);
    expect(tensors.get('gen_a.enc_content.model.0.conv.weight')?.float32()).toEqual(model.networks.a.get('enc_content.model.0.conv.weight')?.data);
    expect(tensors.size).toBe(model.networks.a.size + model.networks.b.size);
    expect(metadata.get('format')).toBe('pt');
  });

  it('in half precision takes half the space, and gives the nearest values', async () => {
    const third = modelFor(tiny, 1 / 3);
    const half = await packModel(third, { dtype: 'float16' });
    const [full, small] = [files.get('model.safetensors')?.length ?? 0, half.get('model.safetensors')?.length ?? 0];
    expect(small).toBeLessThan(0.8 * full);
    const loaded = await loadModel(asFiles(half));
    for (const [name, tensor] of third.networks.a) {
      const values = loaded.networks.a.get(name)?.data as Float32Array;
      // 11 significant bits, rounded to nearest: at most half a unit of 2^-11, relative.
      tensor.data.forEach((value, i) => expect(Math.abs(Number(value) - (values[i] as number))).toBeLessThanOrEqual(Math.abs(Number(value)) * 2 ** -11));
    }
    expect(await loadModel(asFiles(await packModel(model, { dtype: 'float16' })))).toEqual(model);
  });

  it('refuses half precision for weights that do not fit it', async () => {
    await expect(packModel(modelFor(tiny, 70000), { dtype: 'float16' })).rejects.toThrow(ArgumentError);
  });

  it('has a card with the names, the numbers and the licence, and no markup of others', async () => {
    const card = new TextDecoder().decode(files.get('README.md'));
    expect(card).toContain('# outlines ↔ colours');
    expect(card).toContain('license: "apache-2.0"');
    expect(card).toContain('"contentIoU": 0.9');
    const evil = await packModel({ ...model, domains: { a: { name: '<script>\n# x' }, b: { name: 'b' } } });
    expect(new TextDecoder().decode(evil.get('README.md'))).toContain('# \\<script\\> \\# x ↔ b');
    const odd = await packModel({ ...model, training: { config: { without: [JSON.parse('{ "toString": 1 }') as never] } } });
    expect(new TextDecoder().decode(odd.get('README.md'))).toContain('without the reconstruction of {"toString":1}');
  });

  it('tells how far it is', async () => {
    const seen: LoadProgress[] = [];
    await loadModel(asFiles(files), { onProgress: (progress) => seen.push(progress) });
    expect(seen.map((p) => `${p.kind} ${p.file}`)).toEqual([
      'read model.json',
      'read model.safetensors',
      'verify model.safetensors',
      'parse model.safetensors',
    ]);
  });
});

describe('one file alone', () => {
  it('safetensors that munit wrote', async () => {
    const weights = files.get('model.safetensors') ?? new Uint8Array();
    expect(await loadModel(weights)).toEqual(model);
    expect(await loadModel(new Blob([weights]))).toEqual(model);
  });

  it('a generator checkpoint of PyTorch', async () => {
    const bytes = referenceFile('checkpoint_munit/gen_00000005.legacy.pt');
    const loaded = await loadModel(new File([new Uint8Array(bytes)], 'gen.pt'), { hints: { padMode: 'zero' } });
    const checkpoint = readCheckpoint(bytes, { padMode: 'zero' });
    expect(checkpoint.kind).toBe('generator');
    if (checkpoint.kind === 'generator') expect(loaded).toEqual(modelOf(checkpoint));
    expect(loaded.domains).toEqual({ a: { name: 'a' }, b: { name: 'b' } });
  });

  it('a checkpoint of something else is refused by its kind', async () => {
    const dis = referenceFile('checkpoint_munit/dis_00000005.pt');
    await expect(loadModel(dis)).rejects.toThrow(/kind 'discriminator'.*gen_\*\.pt/);
  });

  it('a model goes out as a PyTorch checkpoint and comes back', async () => {
    const loaded = await loadModel(writeNetworks(model.networks));
    expect(loaded.networks).toEqual(model.networks);
    expect(loaded.architecture).toEqual(tiny);
  });
});

describe('a broken model is refused', () => {
  it.each<[string, () => File[], RegExp]>([
    ['a changed weight', () => [...asFiles(files).filter((f) => f.name !== 'model.safetensors'), new File([(files.get('model.safetensors') ?? new Uint8Array()).map((byte, i) => (i === 5000 ? byte ^ 1 : byte))], 'model.safetensors')], /is not the file that model\.json names: SHA-256/],
    ['missing weights', () => asFiles(files).filter((f) => f.name !== 'model.safetensors'), /has no model\.safetensors/],
    ['no manifest', () => asFiles(files).filter((f) => f.name !== 'model.json'), /has no model\.json/],
    ['a manifest that is not JSON', () => withText('model.json', (t) => t.slice(9)), /is not JSON/],
    ['a web page in place of the manifest', () => withText('model.json', () => '<!DOCTYPE html>'), /is not JSON but a web page/],
    ['another format', () => withText('model.json', (t) => t.replace('munit-model', 'other')), /'format' is not 'munit-model'/],
    ['a later version', () => withText('model.json', (t) => t.replace('"version": 1', '"version": 2')), /version 2; this munit reads 1/],
    ['a size out of range', () => withText('model.json', (t) => t.replace('"nRes": 1', '"nRes": 1e9')), /'nRes' must be an integer between 0 and 64/],
    ['an unknown activation', () => withText('model.json', (t) => t.replace('"relu"', '"gelu"')), /'activation' is not one of relu/],
    ['weights elsewhere', () => withText('model.json', (t) => t.replace('"model.safetensors"', '"../model.safetensors"')), /not a plain file name/],
    ['a wrong size', () => withText('model.json', (t) => t.replace(/"bytes": \d+/, '"bytes": 100')), /100 bytes were expected, and it is of \d+ bytes/],
  ])('%s', async (_, make, message) => {
    const load = loadModel(make());
    await expect(load).rejects.toThrow(ModelSourceError);
    await expect(loadModel(make())).rejects.toThrow(message);
  });

  it('weights that do not fit the architecture, by name', async () => {
    const networks = { ...model.networks, a: new Map(model.networks.a).set('mlp.model.0.fc.bias', float32Tensor([1], new Float32Array(1))) };
    const bent = await packModel({ ...model, networks });
    await expect(loadModel(asFiles(bent))).rejects.toThrow(CheckpointMismatchError);
    await expect(loadModel(asFiles(bent))).rejects.toThrow(/mlp\.model\.0\.fc\.bias is \[1\] instead of \[4\]/);
  });

  it('safetensors of another program', async () => {
    const other = writeSafetensors([['w', { shape: [1], data: new Float32Array(1) }]]);
    await expect(loadModel(other)).rejects.toThrow(/without the description of a munit model/);
  });

  it('a file of another kind, by its name', async () => {
    await expect(loadModel(new File(['this is not a checkpoint'], 'gen.pt'))).rejects.toThrow(/^gen\.pt is neither a PyTorch checkpoint nor a safetensors file\./);
  });

  it('a path, where only addresses are read', async () => {
    await expect(loadModel('./model')).rejects.toThrow(/formats\/node/);
  });
});
