/** Every layer and network against the published code's own numbers, forward and gradients. */
import { linear, openDevice, type Params, readSafetensors, reshape, type Scalar, tensor, type Tensor, type Tensor2D, tidy, valueAndGrad, weightedSum } from '@munit/core';
import { compareArrays, type LayerCase, layerTolerance, type NdArray, readLayerCases, type Tolerance } from '@munit/testing';
import { listReferenceFiles, readReferenceFile, referenceDirectory } from '@munit/testing/files';
import { beforeAll, describe, expect, test } from 'vitest';
import { advancePowerIteration, trainable, withState } from '../parameters/state.js';
import { fromOfficial, fromOfficialActivation, layerFromCase, type OfficialTensor, toOfficial, toOfficialActivation } from '../index.js';

const directory = referenceDirectory();
const cases = listReferenceFiles(directory).layers === undefined ? [] : readLayerCases(readSafetensors(readReferenceFile('layers.safetensors', directory)));

beforeAll(async () => {
  await openDevice('cpu');
});

const plain = ({ shape, data }: NdArray): OfficialTensor => ({ shape, data: Float32Array.from(data) });
const onDevice = (array: NdArray): Tensor => {
  const { shape, data } = fromOfficialActivation(plain(array));
  return tensor(data, [...shape]);
};
const read = async (x: Tensor): Promise<OfficialTensor> => toOfficialActivation({ shape: x.shape, data: new Float32Array(await x.data()) });

/** Σ y · g: the scalar whose gradient the cotangent g asks for. */
function dot(y: Tensor, g: Tensor): Scalar {
  return reshape<Scalar>(linear(reshape<Tensor2D>(y, [1, y.size]), reshape<Tensor2D>(g, [g.size, 1]), undefined), []);
}

function expectClose(what: string, ours: OfficialTensor | undefined, truth: NdArray, tolerance: Tolerance): void {
  if (ours === undefined) throw new Error(`${what} is missing`);
  const { passed, message } = compareArrays(ours, truth, tolerance);
  expect(passed, `${what}: ${message}`).toBe(true);
}

async function check(reference: LayerCase): Promise<void> {
  const tolerance = layerTolerance(reference);
  const { layer, apply } = layerFromCase(reference.kind, reference.config);
  const given = new Map([...reference.params].map(([name, value]) => [name, plain(value)]));
  const params: Params = advancePowerIteration<Params>(fromOfficial(layer, given));
  const cotangents = reference.gradOutputs.map(onDevice);
  const inputs = { input: onDevice(reference.input), ...(reference.style === undefined ? {} : { style: onDevice(reference.style) }) };

  const outputs = tidy(() => apply(params, inputs.input, inputs.style));
  for (const [i, truth] of reference.outputs.entries()) expectClose(`output${i}`, await read(outputs[i] as Tensor), truth, tolerance.output);

  const { grads } = valueAndGrad(
    (variables: { readonly params: Params; readonly input: Tensor; readonly style?: Tensor }) => {
      const results = apply(withState(variables.params, params), variables.input, variables.style);
      return { value: weightedSum(results.map((y, i) => dot(y, cotangents[i] as Tensor)), results.map(() => 1)), aux: {} };
    },
    { params: trainable(params), ...inputs },
  );
  expectClose('grad_input', await read(grads.input), reference.gradInput, tolerance.gradient);
  if (reference.gradStyle !== undefined) expectClose('grad_style', await read(grads.style as Tensor), reference.gradStyle, tolerance.gradient);
  const gradients = await toOfficial(layer, grads.params);
  for (const [name, truth] of reference.gradParams) expectClose(`grad ${name}`, gradients.get(name), truth, tolerance.gradient);

  const state = await toOfficial(layer, params);
  for (const [name, truth] of reference.after) expectClose(`after ${name}`, state.get(name), truth, tolerance.output);
}

describe('layers.safetensors', () => {
  test('has cases', () => expect(cases.length).toBeGreaterThan(0));
  test.each(cases.map((reference) => [reference.name, reference] as const))('%s', async (_, reference) => check(reference));
});
