/** What WGSL programs of munit are made of, without a word of TensorFlow.js: ops describe programs, the backend runs them. */
import type { Program, TensorStorage, Uniform, Workgroups } from './program.js';
import type { Product } from './tiledProduct/product.js';
import type { Tile } from './tiledProduct/tiles.js';

export type { Program, TensorStorage, Uniform, Workgroups } from './program.js';

/** A tensor's place on the GPU. */
export interface GpuTensor {
  readonly dataId: object;
  readonly shape: number[];
  readonly dtype: 'float32';
}

/** The GPU as a kernel sees it. */
export interface Gpu {
  /** Records one dispatch; `uniforms` are the members of a struct of `i32` or `f32` (written `{ float: … }`). */
  run(program: Program, tensors: readonly GpuTensor[], uniforms: readonly Uniform[], workgroups: Workgroups): void;
  /** The tile to compute a product with: the one measured to be fastest here, or the one that its size suggests. */
  tile(product: Product): Tile;
  /** A new tensor, not filled. For `float16`, its last axis must be a multiple of 4. */
  allocate(shape: readonly number[], storage?: TensorStorage): GpuTensor;
  /** How the tensor lies there now. */
  storageOf(tensor: GpuTensor): TensorStorage;
  /** Gives a tensor of `allocate` back, once what has been recorded is done with it. */
  release(tensor: GpuTensor): void;
  /** One more holder of the same values, as a tensor of `shape`. */
  share(tensor: GpuTensor, shape?: readonly number[]): GpuTensor;
  /** A tensor of the same values that may be overwritten: the same place if nobody else holds it, or a captured update may, a copy otherwise. */
  takeOver(tensor: GpuTensor): GpuTensor;
}

/** A kernel of TensorFlow.js's registry, for the WebGPU backend. */
export interface GpuKernel {
  readonly name: string;
  readonly run: (call: { readonly gpu: Gpu; readonly inputs: KernelInputs; readonly attributes: Attributes }) => readonly GpuTensor[];
}

export type KernelInputs = Readonly<Record<string, GpuTensor | undefined>>;
export type Attributes = Readonly<Record<string, unknown>>;

/** The input of that name; the ops always give what they must. */
export function input(inputs: KernelInputs, name: string): GpuTensor {
  const found = inputs[name];
  if (found === undefined) throw new TypeError(`The kernel has no input '${name}'.`);
  return found;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

export type Shape4 = readonly [n: number, height: number, width: number, channels: number];
/** The four sizes of an image batch or of weights, whose rank the op has checked. */
export const shape4 = ({ shape }: GpuTensor): Shape4 => shape as unknown as Shape4;
