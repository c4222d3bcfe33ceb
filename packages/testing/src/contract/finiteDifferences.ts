import { type NdArray64, sizeOf, unravel } from '../arrays/ndArray.js';
import { uniformSource } from '../arrays/random.js';
import { compareArrays } from '../compare/compare.js';
import { finiteDifferenceTolerance } from '../compare/tolerances.js';
import { cotangentOf, inputsOf } from './inputs.js';
import type { Arrays, OpCase, OpContract } from './types.js';

/** Coordinates tried of each input; all where it has no more. */
const mostCoordinates = 24;
const step = 1e-5;

/**
 * The reference's gradients against central differences of its forward, in float64:
 * (Σ dy · (f(x + h e) − f(x − h e))) / 2h for all, or a seeded sample of, the coordinates e.
 * @returns what is wrong, one line each; empty when all is well
 */
export function checkReferenceGradient<O>({ reference }: Pick<OpContract<never, O>, 'reference'>, opCase: OpCase<O>): string[] {
  const inputs = inputsOf(opCase);
  const dy = cotangentOf(opCase, reference.forward(inputs, opCase.options));
  const gradients = reference.backward(inputs, opCase.options, dy);
  const failures: string[] = [];
  for (const [name, gradient] of Object.entries(gradients)) {
    const input = inputs[name];
    if (input === undefined) {
      failures.push(`the reference gives a gradient of '${name}', which is not an input`);
      continue;
    }
    const chosen = chooseCoordinates(sizeOf(input.shape));
    const project = (changed: Arrays): number => inner(reference.forward(changed, opCase.options), dy);
    const truth = chosen.map((index) => differenceAlong(project, inputs, name, index));
    const analytic = chosen.map((index) => gradient.data[index] as number);
    const scaleFloor = gradient.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    const compared = compareArrays(vector(analytic), vector(truth), { ...finiteDifferenceTolerance, scaleFloor: Math.max(scaleFloor, 1e-3) });
    if (!compared.passed) {
      const at = unravel(chosen[compared.worst?.index[0] ?? 0] ?? 0, input.shape);
      failures.push(
        `the reference's gradient of '${name}' at [${at.join(', ')}] is ${compared.worst?.ours}, but finite differences give ${compared.worst?.truth}`,
      );
    }
  }
  return failures;
}

const vector = (values: number[]): NdArray64 => ({ shape: [values.length], data: Float64Array.from(values) });

/** Which coordinates of `count` are tried: all, or a seeded sample. */
export function chooseCoordinates(count: number, most = mostCoordinates): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  const uniform = uniformSource(count);
  return Array.from({ length: most }, () => Math.floor(uniform() * count));
}

/** Σ a · b. */
export function inner(a: NdArray64, b: NdArray64): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += (a.data[i] as number) * (b.data[i] as number);
  return sum;
}

/** (f(x + h e) − f(x − h e)) / 2h for the input of that name and its coordinate e. */
export function differenceAlong(f: (inputs: Arrays) => number, inputs: Arrays, name: string, index: number): number {
  const input = inputs[name] as NdArray64;
  const moved = (by: number): { readonly at: number; readonly value: number } => {
    const data = input.data.slice();
    data[index] = (data[index] as number) + by;
    return { at: data[index], value: f({ ...inputs, [name]: { ...input, data } }) };
  };
  const [plus, minus] = [moved(step), moved(-step)];
  return (plus.value - minus.value) / (plus.at - minus.at);
}
