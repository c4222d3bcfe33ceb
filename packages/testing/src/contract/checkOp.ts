import { largestMagnitude, type NdArray, type NdArray64 } from '../arrays/ndArray.js';
import { compareArrays, type Comparison } from '../compare/compare.js';
import { float32Tolerances, type Tolerance } from '../compare/tolerances.js';
import { cotangentOf, inputsOf } from './inputs.js';
import type { Arrays, Implementation, OpCase, OpContract, TensorAdapter, Tensors } from './types.js';

/** One implementation of an op on one case. */
export interface OpCheck<T, O> {
  /** How arrays become tensors, and back. */
  readonly adapter: TensorAdapter<T>;
  /** The op's contract. */
  readonly contract: Pick<OpContract<T, O>, 'reference' | 'tolerance'>;
  /** The implementation under test. */
  readonly implementation: Implementation<T, O>;
  /** The inputs and options. */
  readonly opCase: OpCase<O>;
}

const identical: Tolerance = { atol: 0, rtol: 0 };

/**
 * Runs one case on the device in use: the value, all gradients together and each alone, inputs untouched, nothing leaked.
 * @returns what is wrong, one line each; empty when all is well
 */
export async function checkOp<T, O>({ adapter, contract, implementation, opCase }: OpCheck<T, O>): Promise<string[]> {
  const { reference } = contract;
  const { options } = opCase;
  const tolerance = { ...float32Tolerances[contract.tolerance], scaleFloor: opCase.scaleFloor ?? 0 };
  const arrays = inputsOf(opCase);
  const truth = reference.forward(arrays, options);
  const dy = cotangentOf(opCase, truth);
  const gradients = reference.backward(arrays, options, dy);
  const wanted = Object.keys(gradients);

  const before = adapter.count();
  const tensors = createAll(adapter, arrays);
  const cotangent = adapter.create(dy);
  const failures: string[] = [];
  const value = await compareValue(adapter, () => implementation.run(tensors, options), truth, tolerance);
  if (!value.passed) failures.push(`the value: ${value.message}`);
  // A value of another shape has no product with the cotangent.
  const differentiated = value.worst === undefined ? [] : together(wanted);
  for (const names of differentiated) {
    const lines = await checkGradients(adapter, implementation, tensors, options, cotangent, gradients, names, tolerance);
    failures.push(...lines.map((line) => (names.length < wanted.length ? `${line} (when asked for alone)` : line)));
  }
  failures.push(...(await checkUntouched(adapter, tensors, arrays)));
  for (const tensor of [...Object.values(tensors), cotangent]) adapter.dispose(tensor);
  const leaked = adapter.count() - before;
  if (leaked !== 0) failures.push(`${leaked} tensors leaked`);
  return failures;
}

export function createAll<T>(adapter: TensorAdapter<T>, arrays: Arrays): Record<string, T> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, adapter.create(array)]));
}

/** All names at once, then each alone: an op must spare only what nobody asked for. */
const together = (names: readonly string[]): (readonly string[])[] => (names.length > 1 ? [names, ...names.map((name) => [name])] : [names]);

async function compareValue<T>(adapter: TensorAdapter<T>, run: () => T, truth: NdArray64, tolerance: Tolerance): Promise<Comparison> {
  const y = run();
  const compared = compareArrays(await adapter.read(y), truth, tolerance);
  adapter.dispose(y);
  return compared;
}

async function checkGradients<T, O>(
  adapter: TensorAdapter<T>,
  implementation: Implementation<T, O>,
  tensors: Tensors<T>,
  options: O,
  cotangent: T,
  truth: Arrays,
  wanted: readonly string[],
  tolerance: Tolerance,
): Promise<string[]> {
  const variables = Object.fromEntries(wanted.map((name) => [name, tensors[name] as T]));
  const found = adapter.gradients((given) => implementation.run({ ...tensors, ...given }, options), variables, cotangent);
  // A gradient that is truly zero is computed as the difference of others that are not.
  const scaleFloor = Math.max(tolerance.scaleFloor ?? 0, ...Object.values(truth).map((gradient) => largestMagnitude(gradient) / 10));
  const failures: string[] = [];
  for (const name of wanted) {
    const gradient = found[name] as T;
    const compared = compareArrays(await adapter.read(gradient), truth[name] as NdArray64, { ...tolerance, scaleFloor });
    adapter.dispose(gradient);
    if (!compared.passed) failures.push(`the gradient of '${name}': ${compared.message}`);
  }
  return failures;
}

export async function checkUntouched<T>(adapter: TensorAdapter<T>, tensors: Tensors<T>, arrays: Arrays): Promise<string[]> {
  const failures: string[] = [];
  for (const [name, tensor] of Object.entries(tensors)) {
    const compared = compareArrays(await adapter.read(tensor), arrays[name] as NdArray64, identical);
    if (!compared.passed) failures.push(`the input '${name}' has changed: ${compared.message}`);
  }
  return failures;
}

const intruders = [NaN, Infinity, -Infinity];

/**
 * Puts NaN, +∞ and −∞ into the middle of each input in turn: the value must show the kinds that the reference shows.
 * @returns what is wrong, one line each
 */
export async function checkNonFinite<T, O>({ adapter, contract, implementation, opCase }: OpCheck<T, O>): Promise<string[]> {
  const arrays = inputsOf(opCase);
  const failures: string[] = [];
  for (const [name, array] of Object.entries(arrays)) {
    for (const intruder of intruders) {
      const data = array.data.slice();
      data[data.length >> 1] = intruder;
      const spoiled = { ...arrays, [name]: { ...array, data } };
      const truth = contract.reference.forward(spoiled, opCase.options);
      const tensors = createAll(adapter, spoiled);
      const y = implementation.run(tensors, opCase.options);
      const ours = await adapter.read(y);
      for (const tensor of [...Object.values(tensors), y]) adapter.dispose(tensor);
      const tolerated = implementation.nonFinite === 'spreads' ? withoutSpread(ours, truth) : ours;
      const compared = compareArrays(tolerated, truth, float32Tolerances[contract.tolerance]);
      if (!compared.passed) failures.push(`with ${intruder} in '${name}': ${compared.message}`);
    }
  }
  return failures;
}

/** Ours, with the truth's value wherever ours is not finite and the truth is not either, or ours alone is not. */
function withoutSpread(ours: NdArray, truth: NdArray64): NdArray {
  return { shape: ours.shape, data: Float64Array.from(ours.data, (value, i) => (Number.isFinite(value) ? value : (truth.data[i] as number))) };
}
