import { type NdArray64, sizeOf, uniformSource, unravel } from '../arrays/index.js';
import { compareArrays, finiteDifferenceTolerance } from '../compare/index.js';
import { cotangentOf, inputsOf } from './inputs.js';
import type { Arrays, OpCase, OpContract } from './types.js';

/** Coordinates tried of each input; all where it has no more. */
const samples = 24;
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
    const truth = chosen.map((index) => differenceAlong(reference.forward, inputs, name, index, opCase.options, dy));
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

function chooseCoordinates(count: number): number[] {
  if (count <= samples) return Array.from({ length: count }, (_, i) => i);
  const uniform = uniformSource(count);
  return Array.from({ length: samples }, () => Math.floor(uniform() * count));
}

function differenceAlong<O>(
  forward: (inputs: Arrays, options: O) => NdArray64,
  inputs: Arrays,
  name: string,
  index: number,
  options: O,
  dy: NdArray64,
): number {
  const input = inputs[name] as NdArray64;
  const moved = (by: number): { readonly at: number; readonly y: Float64Array } => {
    const data = input.data.slice();
    data[index] = (data[index] as number) + by;
    return { at: data[index], y: forward({ ...inputs, [name]: { ...input, data } }, options).data };
  };
  const [plus, minus] = [moved(step), moved(-step)];
  let sum = 0;
  for (let i = 0; i < dy.data.length; i++) sum += (dy.data[i] as number) * ((plus.y[i] as number) - (minus.y[i] as number));
  return sum / (plus.at - minus.at);
}
