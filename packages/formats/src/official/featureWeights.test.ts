import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointMismatchError, NonFiniteError, SafetensorsError, writeSafetensors } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { float32Tensor } from '../torch/tensor.js';
import { writeTorch } from '../torch/write.js';
import { readFeatureWeights } from './featureWeights.js';

// The first filter of torchvision's VGG16 (IMAGENET1K_V1), as its file has it.
const torchvision = [-0.5537306070327759, 0.14270469546318054, 0.5289614796638489, -0.583124041557312, 0.35655146837234497, 0.7656622529029846, -0.6902211308479309, -0.04801885411143303];

function firstLayer(name: string, start: readonly number[], shape = [64, 3, 3, 3]): Map<string, { shape: number[]; data: Float32Array<ArrayBuffer> }> {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.01);
  data.set(start);
  return new Map([[`${name}.weight`, { shape, data }], [`${name}.bias`, { shape: [64], data: new Float32Array(64) }], ['classifier.0.bias', { shape: [2], data: new Float32Array(2) }]]);
}
const safetensors = (tensors: ReadonlyMap<string, { shape: number[]; data: Float32Array<ArrayBuffer> }>, dtype: 'F32' | 'F16' = 'F32'): Uint8Array =>
  writeSafetensors([...tensors].map(([name, tensor]) => [name, { ...tensor, dtype }] as const));
const unknown = [0.5, 0.25, 0.125];

describe('readFeatureWeights', () => {
  it.each([
    ['safetensors', safetensors(firstLayer('features.0', torchvision))],
    ['safetensors in float16', safetensors(firstLayer('features.0', torchvision), 'F16')],
    ['under the names of the published MUNIT code', safetensors(firstLayer('conv1_1', torchvision))],
    ['of parallel training', safetensors(firstLayer('module.features.0', torchvision))],
    ['a PyTorch file', writeTorch(new Map([...firstLayer('features.0', torchvision)].map(([name, { shape, data }]) => [name, float32Tensor(shape, data)])))],
  ])("knows torchvision's VGG16 by its values: %s", (_, file) => {
    const { network, preprocessing, tensors } = readFeatureWeights(file);
    expect([network, preprocessing]).toEqual(['vgg16', 'torchvision']);
    expect([...tensors.keys()].every((name) => !name.startsWith('classifier') && !name.startsWith('module'))).toBe(true);
    expect(tensors.size).toBe(2);
  });

  it("takes the published MUNIT code's names for Caffe's", () => {
    expect(readFeatureWeights(safetensors(firstLayer('conv1_1', unknown))).preprocessing).toBe('caffe');
  });

  it('asks where it cannot know, and takes the answer', () => {
    const file = safetensors(firstLayer('features.0', unknown));
    expect(() => readFeatureWeights(file)).toThrow("preprocessing 'torchvision'");
    expect(readFeatureWeights(file, { preprocessing: 'caffe' }).preprocessing).toBe('caffe');
    expect(readFeatureWeights(file, { preprocessing: 'torchvision' }).preprocessing).toBe('torchvision');
  });

  it('refuses an answer that the weights contradict', () => {
    expect(() => readFeatureWeights(safetensors(firstLayer('features.0', torchvision)), { preprocessing: 'caffe' })).toThrow('but caffe was asked for');
  });

  it('tells AlexNet, and refuses other networks, NaN and other files', () => {
    expect(readFeatureWeights(safetensors(firstLayer('features.0', unknown, [64, 3, 11, 11])), { preprocessing: 'torchvision' }).network).toBe('alexnet');
    expect(() => readFeatureWeights(safetensors(firstLayer('features.0', unknown, [32, 3, 3, 3])))).toThrow(CheckpointMismatchError);
    expect(() => readFeatureWeights(safetensors(firstLayer('layer1', unknown)))).toThrow('neither AlexNet, VGG16 nor SqueezeNet 1.1: no tensor has one of their names. Give the state dict');
    expect(() => readFeatureWeights(safetensors(firstLayer('features.0', [Number.NaN])))).toThrow(NonFiniteError);
    expect(() => readFeatureWeights(new TextEncoder().encode('<!doctype html><html>'))).toThrow(SafetensorsError);
  });

  const folder = process.env['MUNIT_WEIGHTS_DIR'] ?? join(process.env['MUNIT_REFERENCE_DIR'] ?? '.', '..', 'weights');
  it.runIf(existsSync(join(folder, 'vgg16_features.safetensors')))('knows the real files', () => {
    for (const network of ['vgg16', 'alexnet'] as const) {
      expect(readFeatureWeights(new Uint8Array(readFileSync(join(folder, `${network}_features.safetensors`))))).toMatchObject({ network, preprocessing: 'torchvision' });
    }
  });
});
