import { CheckpointMismatchError, domains, NonFiniteError, writeSafetensors } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { adamDigest, checkpointFiles, type Digest, digest, referenceFile, testFile } from '../../test/reference.js';
import { readTorch } from '../torch/read.js';
import { float32Tensor, type StateDict, toFloat32, type TorchTensor, type TorchValue } from '../torch/tensor.js';
import { discriminatorLayout, generatorLayout } from './layout.js';
import { nameMoments, orderMoments } from './named.js';
import { type GeneratorCheckpoint, readCheckpoint, recognizeCheckpoint } from './recognize.js';

/** What PyTorch read from the reference checkpoints (`test-data/make.py`). */
const digests = JSON.parse(new TextDecoder().decode(testFile('digests.json'))) as Record<string, Record<string, Digest>>;

const MUNIT = { method: 'munit', inputDim: { a: 3, b: 3 }, dim: 8, nDownsample: 2, nRes: 1, activation: 'relu', padMode: 'reflect', styleDim: 4, mlpDim: 16 };
const UNIT = { method: 'unit', inputDim: { a: 3, b: 3 }, dim: 8, nDownsample: 2, nRes: 1, activation: 'relu', padMode: 'reflect' };
const DIS = { inputDim: { a: 3, b: 3 }, dim: 8, nLayer: 2, numScales: 2, norm: 'none', activation: 'lrelu', padMode: 'reflect' };

/** The tensors of the file itself, extras included, for the digest of the whole. */
function rawNetwork(path: string, domain: string): StateDict {
  return (readTorch(referenceFile(path)) as ReadonlyMap<string, TorchValue>).get(domain) as StateDict;
}

const known = checkpointFiles().filter((path) => path in digests);

it('the reference data has files to check', () => {
  expect(known.length).toBeGreaterThanOrEqual(5);
});

describe.each(known)('%s', (path) => {
  const checkpoint = readCheckpoint(referenceFile(path));
  const truth = digests[path] ?? {};

  it('is recognised, with the values that PyTorch reads', () => {
    if (path.includes('/gen_')) {
      expect(checkpoint.kind).toBe('generator');
      if (checkpoint.kind !== 'generator') return;
      expect(checkpoint.architecture).toEqual(path.includes('_unit/') ? UNIT : MUNIT);
      for (const domain of domains) {
        expect(digest(rawNetwork(path, domain))).toEqual(truth[domain]);
        const whole = digests[path.replace(/\.(legacy|pytorch03)?\.?pt$/, '.pt')]?.[domain];
        // The statistics of PyTorch 0.3 are left out: what remains equals the other forms of the same checkpoint.
        expect(digest(checkpoint.networks[domain])).toEqual(whole);
        expect(checkpoint.ignored[domain].length).toBe(path.includes('pytorch03') ? (truth[domain]?.tensors ?? 0) - (whole?.tensors ?? 0) : 0);
      }
    } else if (path.includes('/dis_')) {
      expect(checkpoint.kind).toBe('discriminator');
      if (checkpoint.kind !== 'discriminator') return;
      expect(checkpoint.architecture).toEqual(DIS);
      expect(digest(checkpoint.networks.a)).toEqual(truth['a']);
      expect(digest(checkpoint.networks.b)).toEqual(truth['b']);
    } else {
      expect(checkpoint.kind).toBe('optimizer');
      if (checkpoint.kind !== 'optimizer') return;
      const { gen, dis } = checkpoint.optimizers;
      expect(adamDigest(gen)).toEqual(truth['gen']);
      expect(adamDigest(dis)).toEqual(truth['dis']);
      expect({ ...gen, moments: 0 }).toEqual({ lr: 1e-4, initialLr: 1e-4, betas: [0.5, 0.999], eps: 1e-8, weightDecay: 1e-4, moments: 0 });
      expect(gen.moments[0]?.step).toBe(5);
    }
  });
});

describe('nameMoments', () => {
  const folder = known.find((path) => path.endsWith('optimizer.legacy.pt'))?.split('/')[0] ?? '';
  const file = (name: RegExp): string => known.find((path) => path.startsWith(folder) && name.test(path)) ?? '';
  const optimizer = readCheckpoint(referenceFile(file(/optimizer\.legacy/)));
  const gen = readCheckpoint(referenceFile(file(/gen_/)));
  const dis = readCheckpoint(referenceFile(file(/dis_/)));
  if (optimizer.kind !== 'optimizer' || gen.kind !== 'generator' || dis.kind !== 'discriminator') throw new Error('unexpected kinds');
  const layouts = { a: generatorLayout(gen.architecture, 'a'), b: generatorLayout(gen.architecture, 'b') };

  it('gives every parameter of both domains its moments, in the order of the published trainer', () => {
    const named = nameMoments(optimizer.optimizers.gen, layouts);
    const parameters = layouts.a.filter((entry) => entry.role === 'trained').map((entry) => entry.name);
    expect([...named.moments.a.keys()]).toEqual(parameters);
    expect([...named.moments.b.keys()]).toEqual(parameters);
    expect(named.moments.b.get(parameters[0] ?? '')?.expAvg).toBe(optimizer.optimizers.gen.moments[parameters.length]?.expAvg);
    const again = orderMoments(named, layouts);
    expect(again.moments.every((moments, place) => moments === optimizer.optimizers.gen.moments[place])).toBe(true);
    expect({ ...again, moments: 0 }).toEqual({ ...optimizer.optimizers.gen, moments: 0 });
    const disLayouts = { a: discriminatorLayout(dis.architecture, 'a'), b: discriminatorLayout(dis.architecture, 'b') };
    expect(nameMoments(optimizer.optimizers.dis, disLayouts).moments.a.size).toBe(12);
  });

  it('names what differs when the optimizer is of other networks', () => {
    const disLayouts = { a: discriminatorLayout(dis.architecture, 'a'), b: discriminatorLayout(dis.architecture, 'b') };
    expect(() => nameMoments(optimizer.optimizers.gen, disLayouts)).toThrow(/knows \d+ parameters, but the networks have 24/);
    const [first, second, ...rest] = layouts.a;
    const swapped = [second, first, ...rest].filter((entry) => entry !== undefined);
    expect(() => nameMoments(optimizer.optimizers.gen, { ...layouts, a: swapped })).toThrow(/parameter 0 has the shape \[8, 3, 7, 7\], but 'enc(_style)?\.model\.0\.conv\.bias'/);
  });
});

describe('a generator that does not fit', () => {
  const path = known.find((p) => p.includes('munit/gen_')) ?? '';
  const sound = readTorch(referenceFile(path)) as ReadonlyMap<string, ReadonlyMap<string, TorchTensor>>;
  const bend = (change: (a: Map<string, TorchTensor>) => void): (() => GeneratorCheckpoint) => () => {
    const a = new Map(sound.get('a'));
    change(a);
    return recognizeCheckpoint(new Map([['a', a], ['b', sound.get('b') as StateDict]])) as GeneratorCheckpoint;
  };

  it.each<[string, (a: Map<string, TorchTensor>) => void, RegExp]>([
    ['is missing a tensor', (a) => a.delete('dec.model.2.norm.gamma'), /generator of a\. Missing: dec\.model\.2\.norm\.gamma\./],
    ['is missing the tensor that tells the width', (a) => a.delete('enc_content.model.0.conv.weight'), /Missing: enc_content\.model\.0\.conv\.weight\./],
    ['has one tensor too many', (a) => a.set('extra.weight', float32Tensor([1], new Float32Array(1))), /Unexpected: extra\.weight\./],
    ['has a tensor of another shape', (a) => a.set('mlp.model.1.fc.bias', float32Tensor([5], new Float32Array(5))), /Misshapen: mlp\.model\.1\.fc\.bias is \[5\] instead of \[16\]\./],
    ['has another style size in one domain', (a) => a.set('enc_style.model.6.weight', float32Tensor([9, 32, 1, 1], new Float32Array(288))), /differ in style_dim: 9 in a, 4 in b/],
  ])('%s', (_, change, message) => {
    const act = bend(change);
    expect(act).toThrow(CheckpointMismatchError);
    expect(act).toThrow(message);
  });

  it('has a weight that is not a number', () => {
    const act = bend((a) => a.set('mlp.model.0.fc.bias', float32Tensor([16], new Float32Array(16).fill(NaN, 3, 4))));
    expect(act).toThrow(NonFiniteError);
    expect(act).toThrow(/'mlp\.model\.0\.fc\.bias' of the generator of a has the value NaN at 3/);
  });

  it('may lack the buffers of AdaIN, which are never used', () => {
    const result = bend((a) => a.delete('dec.model.0.model.0.model.1.norm.running_var'))();
    expect(result.networks.a.get('dec.model.0.model.0.model.1.norm.running_var')?.data).toEqual(new Float32Array(32).fill(1));
    expect([...result.networks.a.keys()]).toEqual([...(sound.get('a')?.keys() ?? [])]);
  });
});

/** Tensors of zeros with the names and shapes of a layout. */
function zeros(entries: readonly { readonly name: string; readonly shape: readonly number[] }[]): StateDict {
  return new Map(entries.map(({ name, shape }) => [name, float32Tensor(shape, new Float32Array(shape.reduce((n, d) => n * d, 1)))]));
}

describe('architectures are recognized by shapes alone', () => {
  it.each([
    ['published defaults at small width', { ...MUNIT, dim: 4, nRes: 4, styleDim: 8, mlpDim: 32, inputDim: { a: 1, b: 3 } }],
    ['three downsamplings', { ...MUNIT, dim: 2, nDownsample: 3, nRes: 1 }],
    ['prelu', { ...MUNIT, activation: 'prelu' }],
    ['UNIT', { ...UNIT, dim: 4, nRes: 3 }],
  ])('generator: %s', (_, architecture) => {
    const wanted = architecture as Parameters<typeof generatorLayout>[0];
    const checkpoint = recognizeCheckpoint(new Map([['a', zeros(generatorLayout(wanted, 'a'))], ['b', zeros(generatorLayout(wanted, 'b'))]]));
    expect(checkpoint.kind === 'generator' && checkpoint.architecture).toEqual(wanted);
  });

  it.each(['none', 'sn', 'ln', 'bn'] as const)('discriminator with norm %s', (norm) => {
    const wanted = { ...DIS, norm, nLayer: 4, numScales: 3, dim: 2 } as Parameters<typeof discriminatorLayout>[0];
    const checkpoint = recognizeCheckpoint(new Map([['a', zeros(discriminatorLayout(wanted, 'a'))], ['b', zeros(discriminatorLayout(wanted, 'b'))]]));
    expect(checkpoint.kind === 'discriminator' && checkpoint.architecture).toEqual(wanted);
  });

  it('takes what weights cannot tell from the configuration', () => {
    const value = readTorch(referenceFile(known.find((p) => p.includes('/dis_')) ?? ''));
    const checkpoint = recognizeCheckpoint(value, { norm: 'in', activation: 'relu', padMode: 'zero' });
    expect(checkpoint.kind === 'discriminator' && checkpoint.architecture).toEqual({ ...DIS, norm: 'in', activation: 'relu', padMode: 'zero' });
  });

  it("has the published names of a spectral-norm discriminator's tensors, in the module's order", () => {
    const layout = discriminatorLayout({ ...DIS, norm: 'sn', dim: 4 } as Parameters<typeof discriminatorLayout>[0], 'a');
    expect(layout.slice(2, 6)).toEqual([
      { name: 'cnns.0.1.conv.module.bias', shape: [8], role: 'trained', initial: 0 },
      { name: 'cnns.0.1.conv.module.weight_u', shape: [8], role: 'state', initial: 0 },
      { name: 'cnns.0.1.conv.module.weight_v', shape: [64], role: 'state', initial: 0 },
      { name: 'cnns.0.1.conv.module.weight_bar', shape: [8, 4, 4, 4], role: 'trained', initial: 0 },
    ]);
  });
});

describe('feature networks', () => {
  const shapes: [number, number, number][] = [
    [0, 3, 64], [2, 64, 64], [5, 64, 128], [7, 128, 128], [10, 128, 256], [12, 256, 256], [14, 256, 256],
    [17, 256, 512], [19, 512, 512], [21, 512, 512], [24, 512, 512], [26, 512, 512], [28, 512, 512],
  ];
  const vgg = new Map(
    shapes.flatMap(([i, into, out]) => [
      [`features.${i}.weight`, float32Tensor([out, into, 3, 3], new Float32Array(out * into * 9))] as const,
      [`features.${i}.bias`, float32Tensor([out], new Float32Array(out).fill(i))] as const,
    ]),
  );

  it("VGG16 under torchvision's names", () => {
    const checkpoint = recognizeCheckpoint(vgg);
    expect(checkpoint.kind === 'vgg16' && checkpoint.convention).toBe('torchvision');
    if (checkpoint.kind !== 'vgg16') return;
    expect([...checkpoint.weights.keys()].slice(-2)).toEqual(['conv5_3.weight', 'conv5_3.bias']);
    expect(checkpoint.weights.get('conv4_2.bias')?.data[0]).toBe(19);
  });

  it('VGG16 with a misshapen layer', () => {
    const bad = new Map(vgg).set('features.5.weight', float32Tensor([1], new Float32Array(1)));
    expect(() => recognizeCheckpoint(bad)).toThrow(/'features\.5\.weight' should be \[128, 64, 3, 3\], and is \[1\]/);
  });

  const alexnet = new Map<string, TorchTensor>(
    ([[0, 3, 64, 11], [3, 64, 192, 5], [6, 192, 384, 3], [8, 384, 256, 3], [10, 256, 256, 3]] as const).flatMap(([i, into, out, kernel]) => [
      [`features.${i}.weight`, float32Tensor([out, into, kernel, kernel], new Float32Array(out * into * kernel ** 2))] as const,
      [`features.${i}.bias`, float32Tensor([out], new Float32Array(out).fill(i))] as const,
    ]),
  );

  it("AlexNet under torchvision's names, without its classifier", () => {
    const checkpoint = recognizeCheckpoint(new Map<string, TorchTensor>(alexnet).set('classifier.1.weight', float32Tensor([1], new Float32Array(1))));
    if (checkpoint.kind !== 'alexnet') throw new Error(checkpoint.kind);
    expect([...checkpoint.weights.keys()]).toEqual([...alexnet.keys()]);
    expect(checkpoint.weights.get('features.8.bias')?.data[0]).toBe(8);
    const bad = new Map(alexnet);
    bad.delete('features.10.bias');
    expect(() => recognizeCheckpoint(bad)).toThrow(/'features\.10\.bias' should be \[256\], and is missing.*AlexNet/);
  });

  it('a state dict in safetensors, of any precision', () => {
    const tensors = [...alexnet].map(([name, value]) => [name, { shape: value.shape, data: toFloat32(value), dtype: 'F16' }] as const);
    const checkpoint = readCheckpoint(new Uint8Array(writeSafetensors(tensors)));
    if (checkpoint.kind !== 'alexnet') throw new Error(checkpoint.kind);
    expect(checkpoint.weights.get('features.3.bias')?.data).toEqual(new Float32Array(192).fill(3));
    expect(readCheckpoint(new Uint8Array(writeSafetensors([['fc.weight', { shape: [1], data: Float32Array.of(2) }]]))).kind).toBe('state-dict');
  });

  it.each([
    ['alex', [64, 192, 384, 256, 256]],
    ['vgg', [64, 128, 256, 512, 512]],
    ['squeeze', [64, 128, 256, 384, 384, 512, 512]],
  ] as const)('heads of LPIPS for %s', (network, channels) => {
    const heads = new Map(channels.map((c, i) => [`lin${i}.model.1.weight`, float32Tensor([1, c, 1, 1], new Float32Array(c).fill(i))]));
    const checkpoint = recognizeCheckpoint(heads);
    expect(checkpoint.kind === 'lpips' && [checkpoint.network, checkpoint.heads.get('lin2')?.shape]).toEqual([network, [channels[2]]]);
  });

  it('any other state dict comes through as it is, and anything else is refused by what it holds', () => {
    const other = new Map([['fc.weight', float32Tensor([1], new Float32Array(1))]]);
    expect(recognizeCheckpoint(other)).toEqual({ kind: 'state-dict', weights: other });
    expect(() => recognizeCheckpoint(new Map([['epoch', 3]]))).toThrow(/keys 'epoch'/);
    expect(() => recognizeCheckpoint([1])).toThrow(/a list/);
  });
});
