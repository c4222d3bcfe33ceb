/** What a layer says about each of its parameters: enough to make it, to check it and to name it. */
import { type MapTree, type Params, type Rng, type Tensor, tensor, type Tree, treeEntries, treeUnflatten } from '@munit/core';
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
  /** In our layout. */
  readonly shape: readonly number[];
  /** Its initial value. */
  readonly fill: Fill;

  constructor(shape: readonly number[], fill: Fill) {
    this.shape = shape;
    this.fill = fill;
  }
}

/** The parameters of a layer, as a tree like the one that `init` returns. */
export type ParameterSpecs = Tree<ParameterSpec>;

/** Shape and initial value of every parameter of `P`: the same tree, with a `ParameterSpec` for each tensor. */
export type SpecsOf<P> = MapTree<P, Tensor, ParameterSpec>;

/** The type of a layer's parameters. */
export type ParamsOf<L> = L extends { init(rng: Rng, initializer?: Initializer): infer P } ? P : never;

export const weightSpec = (shape: readonly number[]): ParameterSpec => new ParameterSpec(shape, { by: 'initializer' });
export const uniformSpec = (shape: readonly number[], low: number, high: number): ParameterSpec =>
  new ParameterSpec(shape, { by: 'uniform', low, high });
export const constantSpec = (shape: readonly number[], value: number): ParameterSpec =>
  new ParameterSpec(shape, { by: 'constant', value });
export const directionSpec = (length: number): ParameterSpec => new ParameterSpec([length], { by: 'direction' });

/** The slope of a PReLU. */
export const slopeSpec: ParameterSpec = constantSpec([1], 0.25);

/** Draws every parameter, in the order of the tree. The caller owns the tensors. `P`: as of `paramsFrom`. */
export function initialize<P extends Params>(specs: ParameterSpecs, rng: Rng, initializer: Initializer): P {
  return paramsFrom<P>(specs, ({ shape, fill }) => ({ shape, data: draw(shape, fill, rng, initializer) }));
}

/**
 * Tensors in the shape of the specs, each from what `values` gives for its spec and its path. The caller owns them.
 * `P` must be the type whose `SpecsOf` the specs are: the same tree, with tensors for leaves.
 */
export function paramsFrom<P>(specs: ParameterSpecs, values: (spec: ParameterSpec, path: string) => { readonly shape: readonly number[]; readonly data: Float32Array }): P {
  const tensors = treeEntries<ParameterSpec>(specs).map(({ path, leaf }) => {
    const { shape, data } = values(leaf, path);
    return tensor(data, [...shape]);
  });
  return treeUnflatten(specs, tensors) as P;
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
