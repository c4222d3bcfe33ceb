/** Every case of `layers.safetensors`: outputs, all gradients, and spectral norm's vectors. */
import { dot, type Params, type Tensor, tidy, treeLeaves, valueAndGrad, weightedSum } from '@munit/core';
import { fromOfficial, layerFromCase, type LayerFromCase, advancePowerIteration, stateTensors, toOfficial, trainable, withState } from '@munit/layers';
import { compareArrays, type Comparison, type LayerCase, layerTolerance, type NdArray, type Tolerance } from '@munit/testing';
import { activationTensor, officialActivation, officialMap } from './arrays.js';
import type { Line } from './line.js';

/** Runs one case on the device in use. */
export async function checkLayerCase(layerCase: LayerCase): Promise<Line> {
  const made = layerFromCase(layerCase.kind, layerCase.config);
  const start = fromOfficial(made.layer, officialMap(layerCase.params)) as Params;
  const params = advancePowerIteration(start);
  const { output, gradient } = layerTolerance(layerCase);
  const found: { what: string; comparison: Comparison }[] = [];
  const compare = (what: string, ours: NdArray | undefined, truth: NdArray, tolerance: Tolerance): void => {
    found.push({ what, comparison: ours === undefined ? absent : compareArrays(ours, truth, tolerance) });
  };

  const inputs = { input: activationTensor(layerCase.input), ...(layerCase.style === undefined ? {} : { style: activationTensor(layerCase.style) }) };
  const outputs = tidy(() => made.apply(params, inputs.input, inputs.style));
  for (const [i, truth] of layerCase.outputs.entries()) compare(`output ${i}`, await readBack(outputs[i]), truth, output);

  const grads = gradients(made, params, inputs, layerCase);
  compare('gradient of the input', await readBack(grads.input), layerCase.gradInput, gradient);
  if (layerCase.gradStyle !== undefined) compare('gradient of the style', await readBack(grads.style), layerCase.gradStyle, gradient);
  const byName = await toOfficial(made.layer, grads.params);
  for (const [name, truth] of layerCase.gradParams) compare(`gradient of ${name}`, byName.get(name), truth, gradient);
  if (layerCase.after.size > 0) {
    const after = await toOfficial(made.layer, params);
    for (const [name, truth] of layerCase.after) compare(`${name} after`, after.get(name), truth, output);
  }

  const vectors = params === start ? [] : stateTensors(params);
  for (const t of [...treeLeaves<Tensor>(start), ...vectors, ...Object.values(inputs), ...outputs, ...treeLeaves<Tensor>(grads.params), grads.input, ...(grads.style === undefined ? [] : [grads.style])]) t.dispose();
  return summarize(`layers/${layerCase.name}`, found);
}

interface Gradients {
  readonly params: Params;
  readonly input: Tensor;
  readonly style: Tensor | undefined;
}

/** Gradients of Σ output · cotangent. */
function gradients(made: LayerFromCase, params: Params, inputs: { readonly input: Tensor; readonly style?: Tensor }, layerCase: LayerCase): Gradients {
  return tidyGradients(() => {
    const cotangents = layerCase.gradOutputs.map((array) => activationTensor(array));
    const { value, grads } = valueAndGrad(
      (variables: { readonly params: Params; readonly inputs: { readonly input: Tensor; readonly style?: Tensor } }) => {
        const outputs = made.apply(withState(variables.params, params), variables.inputs.input, variables.inputs.style);
        const products = outputs.map((y, i) => dot(y, cotangents[i] as Tensor));
        return { value: weightedSum(products, products.map(() => 1)), aux: {} };
      },
      { params: trainable(params), inputs },
    );
    value.dispose();
    return { params: grads.params, input: grads.inputs.input, style: grads.inputs.style };
  });
}

/** Frees the cotangents; gradients outlive the scope by themselves. */
function tidyGradients(f: () => Gradients): Gradients {
  let result: Gradients | undefined;
  tidy(() => {
    result = f();
  });
  return result as unknown as Gradients;
}

const absent: Comparison = { passed: false, ratio: Infinity, largestError: Infinity, worst: undefined, message: 'is missing' };

async function readBack(t: Tensor | undefined): Promise<NdArray | undefined> {
  return t === undefined ? undefined : officialActivation(t);
}

function summarize(name: string, found: readonly { what: string; comparison: Comparison }[]): Line {
  const worst = found.reduce((a, b) => (b.comparison.ratio > a.comparison.ratio ? b : a));
  return {
    name,
    ratio: worst.comparison.ratio,
    passed: found.every(({ comparison }) => comparison.passed),
    detail: `${found.length} tensors, largest error ${worst.comparison.largestError.toExponential(2)} in ${worst.what}${worst.comparison.passed ? '' : `: ${worst.comparison.message}`}`,
  };
}

