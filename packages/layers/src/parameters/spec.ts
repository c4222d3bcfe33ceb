/** What a layer says about each of its parameters: enough to make it, to check it and to name it. */
import { type Rng, type Tensor, tensor, type Tree, treeLeaves, treeUnflatten } from '@munit/core';
import { drawWeight, type Initializer } from './initializers.js';

/** How a parameter starts. */
export type Fill =
  /** A weight of a convolution or dense layer: by the chosen initialiser. */
  | { readonly by: 'initializer' }
  | { readonly by: 'uniform'; readonly low: number; readonly high: number }
  | { readonly by: 'constant'; readonly value: number }
  /** Standard normal, scaled to length 1. */
  | { readonly by: 'direction' };

/** One parameter: its shape in our layout, and how it starts. A class, so that it is a leaf of a tree. */
export class ParameterSpec {
  readonly shape: readonly number[];
  readonly fill: Fill;

  constructor(shape: readonly number[], fill: Fill) {
    this.shape = shape;
    this.fill = fill;
  }
}

/** The parameters of a layer, as a tree like the one that `init` returns. */
export type ParameterSpecs = Tree<ParameterSpec>;

export const weightSpec = (shape: readonly number[]): ParameterSpec => new ParameterSpec(shape, { by: 'initializer' });
export const uniformSpec = (shape: readonly number[], low: number, high: number): ParameterSpec =>
  new ParameterSpec(shape, { by: 'uniform', low, high });
export const constantSpec = (shape: readonly number[], value: number): ParameterSpec =>
  new ParameterSpec(shape, { by: 'constant', value });
export const directionSpec = (length: number): ParameterSpec => new ParameterSpec([length], { by: 'direction' });

/** Draws every parameter, in the order of the tree. The caller owns the tensors. */
export function initialize(specs: ParameterSpecs, rng: Rng, initializer: Initializer): Tree<Tensor> {
  const tensors = treeLeaves<ParameterSpec>(specs).map(({ shape, fill }) => tensor(draw(shape, fill, rng, initializer), [...shape]));
  return treeUnflatten(specs, tensors);
}

function draw(shape: readonly number[], fill: Fill, rng: Rng, initializer: Initializer): Float32Array {
  const size = shape.reduce((product, n) => product * n, 1);
  switch (fill.by) {
    case 'initializer':
      return drawWeight(shape, rng, initializer);
    case 'uniform':
      return rng.uniforms(size, fill.low, fill.high);
    case 'constant':
      return new Float32Array(size).fill(fill.value);
    case 'direction': {
      const values = rng.normals(size);
      const length = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
      return values.map((x) => x / (length + 1e-12));
    }
    default:
      return fill satisfies never;
  }
}
