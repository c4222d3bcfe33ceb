import type { FusedActivation } from '../activation/activation.js';
import { activation64, activationSlope64 } from '../activation/reference.js';
import { accumulate, type Array64, get, sizes4, zeros } from '../shared/reference.js';
import type { NormalizeOver } from './types.js';

export interface NormalizeInputs {
  /** [N, H, W, C] */
  readonly x: Array64;
  /** [C] or [N, C] */
  readonly scale?: Array64 | undefined;
  readonly shift?: Array64 | undefined;
  /** [N, H, W, C] */
  readonly residual?: Array64 | undefined;
}

export interface NormalizeSettings {
  readonly over: NormalizeOver;
  readonly activation: FusedActivation;
  readonly epsilon: number;
}

/** The values that are normalised together: flat indices into x. */
function groups({ x }: NormalizeInputs, over: NormalizeOver): number[][] {
  const [, height, width, channels] = sizes4(x);
  const found = new Map<number, number[]>();
  for (let index = 0; index < x.data.length; index++) {
    const n = Math.floor(index / (height * width * channels));
    const c = index % channels;
    const group = over === 'instance' ? n * channels + c : over === 'layer' ? n : c;
    const members = found.get(group);
    if (members === undefined) found.set(group, [index]);
    else members.push(index);
  }
  return [...found.values()];
}

interface Group {
  readonly members: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  /** 1 / √(var + ε), or 1 / (std + ε) for a layer. */
  readonly inverse: number;
}

function statistics(x: Array64, members: readonly number[], { over, epsilon }: NormalizeSettings): Group {
  let sum = 0;
  for (const i of members) sum += get(x, i);
  const mean = sum / members.length;
  let squares = 0;
  for (const i of members) squares += (get(x, i) - mean) ** 2;
  if (over === 'layer') {
    const deviation = Math.sqrt(squares / (members.length - 1));
    return { members, mean, deviation, inverse: 1 / (deviation + epsilon) };
  }
  const variance = squares / members.length;
  return { members, mean, deviation: Math.sqrt(variance), inverse: 1 / Math.sqrt(variance + epsilon) };
}

/** Where in a scale or shift of [C] or [N, C] the value for x's flat index lies. */
function affineIndex(index: number, { x }: NormalizeInputs, affine: Array64): number {
  const [, height, width, channels] = sizes4(x);
  const c = index % channels;
  return affine.shape.length === 1 ? c : Math.floor(index / (height * width * channels)) * channels + c;
}

const factor = (index: number, inputs: NormalizeInputs): number =>
  inputs.scale === undefined ? 1 : get(inputs.scale, affineIndex(index, inputs, inputs.scale));

const summand = (index: number, inputs: NormalizeInputs): number =>
  inputs.shift === undefined ? 0 : get(inputs.shift, affineIndex(index, inputs, inputs.shift));

export const normalizeReference = {
  forward(inputs: NormalizeInputs, settings: NormalizeSettings): Array64 {
    const { x, residual } = inputs;
    const y = zeros(x.shape);
    for (const members of groups(inputs, settings.over)) {
      const { mean, inverse } = statistics(x, members, settings);
      for (const i of members) {
        const z = (get(x, i) - mean) * inverse * factor(i, inputs) + summand(i, inputs);
        y.data[i] = activation64(z, settings.activation) + (residual === undefined ? 0 : get(residual, i));
      }
    }
    return y;
  },

  backward(inputs: NormalizeInputs, settings: NormalizeSettings, dy: Array64): { x: Array64; scale?: Array64; shift?: Array64; residual?: Array64 } {
    const { x, scale, shift, residual } = inputs;
    const dx = zeros(x.shape);
    const dScale = scale === undefined ? undefined : zeros(scale.shape);
    const dShift = shift === undefined ? undefined : zeros(shift.shape);
    for (const members of groups(inputs, settings.over)) {
      const group = statistics(x, members, settings);
      const dNormalized = new Map<number, number>();
      for (const i of members) {
        const normalized = (get(x, i) - group.mean) * group.inverse;
        const z = normalized * factor(i, inputs) + summand(i, inputs);
        const dz = activationSlope64(z, settings.activation) * get(dy, i);
        if (dScale !== undefined) accumulate(dScale, affineIndex(i, inputs, dScale), dz * normalized);
        if (dShift !== undefined) accumulate(dShift, affineIndex(i, inputs, dShift), dz);
        dNormalized.set(i, dz * factor(i, inputs));
      }
      inputGradient(x, group, settings, dNormalized, dx);
    }
    return {
      x: dx,
      ...(dScale === undefined ? {} : { scale: dScale }),
      ...(dShift === undefined ? {} : { shift: dShift }),
      ...(residual === undefined ? {} : { residual: dy }),
    };
  },
};

/**
 * Through x̂ᵢ = uᵢ · inv, u = x − mean: dxᵢ = inv (gᵢ − mean(g)) + ∂inv/∂xᵢ Σ g u, where
 * ∂inv/∂xᵢ = −inv³ uᵢ / m for var + ε under the root, and −inv² uᵢ / ((m − 1) std) for a layer, 0 on a constant map.
 */
function inputGradient(x: Array64, group: Group, { over }: NormalizeSettings, g: ReadonlyMap<number, number>, dx: Array64): void {
  const { members, mean, deviation, inverse } = group;
  const count = members.length;
  let sumG = 0;
  let sumGU = 0;
  for (const i of members) {
    sumG += g.get(i) as number;
    sumGU += (g.get(i) as number) * (get(x, i) - mean);
  }
  for (const i of members) {
    const u = get(x, i) - mean;
    let slope = -(inverse ** 3) * (u / count);
    if (over === 'layer') slope = deviation === 0 ? 0 : (-(inverse ** 2) * u) / ((count - 1) * deviation);
    dx.data[i] = inverse * ((g.get(i) as number) - sumG / count) + slope * sumGU;
  }
}
