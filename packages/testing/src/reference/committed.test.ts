import { expect, test } from 'vitest';
import { compareArrays } from '../compare/compare.js';
import { committedReferenceDirectory, listReferenceFiles, readReferenceFile } from '../files.js';
import { layerTolerance, readLayerCases } from './layers.js';
import type { ParsedTensors } from './parsed.js';
import { readTrainingRun } from './training.js';
import { judgeTrainingRun } from './trainingErrors.js';

/** As much of safetensors as these files use; `@munit/core` has the real reader, but nothing of ours is imported here. */
function parse(name: string): ParsedTensors {
  const file = readReferenceFile(name, committedReferenceDirectory);
  const headerEnd = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, headerEnd))) as Record<string, Record<string, unknown>>;
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors = Object.entries(entries).map(([key, { shape, data_offsets: offsets }]) => {
    const [begin, end] = offsets as [number, number];
    const float32 = (): Float32Array => new Float32Array(file.buffer.slice(headerEnd + begin, headerEnd + end));
    return [key, { shape: shape as number[], float32 }] as const;
  });
  return { tensors: new Map(tensors), metadata: new Map(Object.entries(metadata as Record<string, string>)) };
}

test('the committed copies are layers and five training runs', () => {
  const { layers, training } = listReferenceFiles(committedReferenceDirectory);
  expect(layers).toMatch(/layers\.safetensors$/);
  expect(training.map((path) => path.replace(/^.*[/\\]/, ''))).toEqual(['train_bicyclegan.safetensors', 'train_cyclegan.safetensors', 'train_munit_default.safetensors', 'train_munit_vgg.safetensors', 'train_unit.safetensors']);
});

test('layer cases have their inputs, outputs and gradients', () => {
  const cases = readLayerCases(parse('layers.safetensors'));
  expect(cases).toHaveLength(41);
  expect(new Set(cases.map(({ kind }) => kind))).toEqual(
    new Set(['Conv2dBlock', 'LayerNorm', 'LinearBlock', 'AdaptiveInstanceNorm2d', 'ResBlock', 'StyleEncoder', 'ContentEncoder', 'MLP', 'AdaINGen.decode', 'AdaINGen.forward', 'MsImageDis']),
  );
  for (const { gradOutputs, outputs, gradInput, input, gradParams, params, gradStyle, style } of cases) {
    expect(gradOutputs.map((g) => g.shape)).toEqual(outputs.map((y) => y.shape));
    expect(gradInput.shape).toEqual(input.shape);
    expect(gradStyle?.shape).toEqual(style?.shape);
    for (const [key, gradient] of gradParams) expect(gradient.shape).toEqual(params.get(key)?.shape);
  }
  const spectral = cases.find(({ name }) => name === 'conv2dblock_sn_lrelu_reflect_k3s1p1');
  expect([...(spectral?.after.keys() ?? [])]).toEqual(['conv.module.weight_u', 'conv.module.weight_v']);
});

test('the tolerance of a vanishing gradient comes from the largest gradient of its case', () => {
  const found = readLayerCases(parse('layers.safetensors')).find(({ name }) => name === 'conv2dblock_in_relu_reflect_k3s1p1');
  if (found === undefined) throw new Error('the case is gone');
  const bias = found.gradParams.get('conv.bias');
  if (bias === undefined) throw new Error('the case has no bias');
  const rounding = { shape: bias.shape, data: bias.data.map((value) => value + 1e-7) };
  const { gradient, output } = layerTolerance(found);
  expect(compareArrays(rounding, bias, gradient).passed).toBe(true);
  expect(compareArrays(rounding, bias, output).passed).toBe(false);
});

test.each(['train_munit_default.safetensors', 'train_munit_vgg.safetensors', 'train_unit.safetensors'])('%s: a run judged against itself has no error, a run that stands still fails', (name) => {
  const run = readTrainingRun(parse(name));
  const isUnit = name.includes('unit.') && !name.includes('munit');
  expect(run.trainer).toBe(isUnit ? 'UNIT' : 'MUNIT');
  expect(run.steps).toHaveLength(name.includes('vgg') ? 3 : 5);
  expect(run.steps.map(({ noise }) => [noise.dis.length, noise.gen.length])).toEqual(Array.from({ length: run.steps.length }, () => (isUnit ? [2, 4] : [2, 2])));
  expect(run.steps[0]?.learningRate).toBe(1e-4);
  expect([...run.float32Error.change.keys()]).toEqual(['gen_a', 'gen_b', 'dis_a', 'dis_b']);
  expect(new Set([...run.firstGradients.gen.keys()].map((key) => key.split('.')[0]))).toEqual(new Set(['gen_a', 'gen_b']));

  const truth = { losses: run.steps.map(({ losses }) => losses), firstGradients: run.firstGradients, final: run.final };
  const verdicts = judgeTrainingRun(run, truth);
  expect(verdicts).toHaveLength(run.steps.length + run.firstGradients.dis.size + run.firstGradients.gen.size + 4);
  expect(Math.max(...verdicts.map(({ error }) => error))).toBe(0);
  // Every recorded float32 error has found its tensor.
  expect(run.float32Error.firstGradients.size).toBe(run.firstGradients.dis.size + run.firstGradients.gen.size);
  for (const key of run.float32Error.firstGradients.keys()) expect(verdicts.map((v) => v.name)).toContain(`gradient ${key}`);

  const still = judgeTrainingRun(run, { losses: [], firstGradients: { dis: new Map(), gen: new Map() }, final: run.init });
  // Biases under a norm have no true gradient, so their zeros are right; everything else is wrong.
  const right = still.filter(({ passed }) => passed);
  expect(still.filter(({ name: line }) => line.startsWith('change')).map(({ error }) => error)).toEqual([1, 1, 1, 1]);
  expect(right.filter(({ name: line }) => !line.endsWith('.conv.bias'))).toEqual([]);
  expect(right.length).toBeLessThan(still.length / 4);
});
