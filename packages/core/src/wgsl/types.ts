/** What WGSL programs of munit are made of, without a word of TensorFlow.js: ops describe programs, the backend runs them. */

/** A tensor's place on the GPU. */
export interface GpuTensor {
  readonly dataId: object;
  readonly shape: number[];
  readonly dtype: 'float32';
}

/** A WGSL module with one entry point, `main`. */
export interface Program {
  /** Names the program and all that its code depends on: programs of equal keys are one pipeline. */
  readonly key: string;
  /** The source: tensors at `@binding(0)` and on, in order; uniforms, if any, at the binding after them. All must be used. */
  readonly code: () => string;
}

/** How many workgroups along each axis. */
export type Workgroups = readonly [x: number, y: number, z: number];

/** The GPU as a kernel sees it. */
export interface Gpu {
  /** Records one dispatch; `uniforms` are the members of a struct of `i32` or `f32` (written `{ float: … }`). */
  run(program: Program, tensors: readonly GpuTensor[], uniforms: readonly Uniform[], workgroups: Workgroups): void;
  /** A new tensor, not filled. */
  allocate(shape: readonly number[]): GpuTensor;
  /** Gives a tensor of `allocate` back, once what has been recorded is done with it. */
  release(tensor: GpuTensor): void;
  /** One more holder of the same values, as a tensor of `shape`. */
  share(tensor: GpuTensor, shape?: readonly number[]): GpuTensor;
  /** A tensor of the same values that may be overwritten: the same place if nobody else holds it, a copy otherwise. */
  takeOver(tensor: GpuTensor): GpuTensor;
}

export type Uniform = number | { readonly float: number };

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
