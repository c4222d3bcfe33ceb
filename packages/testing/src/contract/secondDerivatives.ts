import { largestMagnitude, type NdArray, type NdArray64, sizeOf } from '../arrays/ndArray.js';
import { compareArrays } from '../compare/compare.js';
import { finiteDifferenceTolerance, float32Tolerances, type Tolerance } from '../compare/tolerances.js';
import { createAll, type OpCheck } from './checkOp.js';
import { chooseCoordinates, differenceAlong, inner } from './finiteDifferences.js';
import { cotangentOf, directionsOf, inputsOf } from './inputs.js';
import type { Arrays, OpCase, OpContract } from './types.js';

/** Coordinates tried of each input: each costs two passes of the reference. */
const mostCoordinates = 8;

/** What finite differences give at some coordinates of each input and of the cotangent. */
export type SecondTruth = Readonly<Record<string, { readonly coordinates: readonly number[]; readonly differences: readonly number[] }>>;

/** Central differences in float64 of S(inputs, dy) = Σ gradient(inputs, dy) · direction, random directions. */
export function secondDifferences<O>({ reference }: Pick<OpContract<never, O>, 'reference'>, opCase: OpCase<O>): SecondTruth {
  const inputs = inputsOf(opCase);
  const dy = cotangentOf(opCase, reference.forward(inputs, opCase.options));
  const gradients = reference.backward(inputs, opCase.options, dy);
  const directions = Object.entries(directionsOf(opCase, gradients));
  const all: Arrays = { ...inputs, [cotangentName]: dy };
  const projected = (changed: Arrays): number => {
    const found = reference.backward(changed, opCase.options, changed[cotangentName] as NdArray64);
    return directions.reduce((sum, [name, direction]) => sum + inner(found[name] as NdArray64, direction), 0);
  };
  return Object.fromEntries(
    [...Object.keys(gradients), cotangentName].map((name) => {
      const coordinates = chooseCoordinates(sizeOf((all[name] as NdArray64).shape), mostCoordinates);
      return [name, { coordinates, differences: coordinates.map((index) => differenceAlong(projected, all, name, index)) }];
    }),
  );
}

/**
 * Runs one case on the device in use: gradients while they are recorded, against the reference's, and their own gradients against
 * `secondDifferences`.
 * @returns what is wrong, one line each; empty when all is well
 */
export async function checkSecondGradients<T, O>(
  { adapter, contract, implementation, opCase }: OpCheck<T, O>,
  secondTruth: SecondTruth = secondDifferences(contract, opCase),
): Promise<string[]> {
  const { reference } = contract;
  const { options } = opCase;
  const inputs = inputsOf(opCase);
  const dy = cotangentOf(opCase, reference.forward(inputs, options));
  const firstTruth = reference.backward(inputs, options, dy);
  const directions = directionsOf(opCase, firstTruth);
  const names = Object.keys(firstTruth);

  const before = adapter.count();
  const tensors = createAll(adapter, inputs);
  const cotangent = adapter.create(dy);
  const along = createAll(adapter, directions);
  const variables = Object.fromEntries(names.map((name) => [name, tensors[name] as T]));
  const { first, second, secondForDy } = adapter.secondGradients((given) => implementation.run({ ...tensors, ...given }, options), variables, cotangent, along);
  const ours = { first: await readAll(first), second: await readAll({ ...second, [cotangentName]: secondForDy }) };
  for (const tensor of [...Object.values(tensors), cotangent, ...Object.values(along)]) adapter.dispose(tensor);
  const leaked = adapter.count() - before;

  async function readAll(found: Readonly<Record<string, T>>): Promise<Record<string, NdArray>> {
    const read: Record<string, NdArray> = {};
    for (const [name, tensor] of Object.entries(found)) {
      read[name] = await adapter.read(tensor);
      adapter.dispose(tensor);
    }
    return read;
  }

  const tolerance = withDifferences(float32Tolerances[contract.tolerance]);
  const failures = leaked === 0 ? [] : [`${leaked} tensors leaked`];
  const compare = (what: string, found: NdArray, truth: NdArray64, scale: number): void => {
    const compared = compareArrays(found, truth, { ...tolerance, scaleFloor: Math.max(opCase.scaleFloor ?? 0, scale) });
    if (!compared.passed) failures.push(`${what}: ${compared.message}`);
  };
  const firstScale = scaleOf(Object.values(firstTruth));
  for (const name of names) compare(`the recorded gradient of '${name}'`, ours.first[name] as NdArray, firstTruth[name] as NdArray64, firstScale);

  const secondScale = scaleOf(Object.values(ours.second));
  for (const [name, { coordinates, differences }] of Object.entries(secondTruth)) {
    const found = ours.second[name] as NdArray;
    const picked = coordinates.map((index) => found.data[index] as number);
    compare(`the gradient for '${name}' of the gradients`, vector(picked), vector(differences), secondScale);
  }
  return failures;
}

/** An op that only moves values is exact; the differences that it is held to are not. */
const withDifferences = ({ atol, rtol }: Tolerance): Tolerance => ({
  atol: atol + finiteDifferenceTolerance.atol,
  rtol: rtol + finiteDifferenceTolerance.rtol,
});

/** The cotangent among the inputs: no op has an input of that name. */
const cotangentName = 'dy';

const vector = (values: readonly number[]): NdArray64 => ({ shape: [values.length], data: Float64Array.from(values) });

/** A gradient that is truly zero is computed as the difference of others that are not. */
const scaleOf = (arrays: readonly NdArray[]): number => Math.max(0, ...arrays.map((array) => largestMagnitude(array) / 10));
