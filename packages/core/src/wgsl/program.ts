/** A WGSL program and what a dispatch of it takes. */

/** How a tensor's values lie in memory: 4 bytes each, or rounded to half precision, 2 bytes each. Either way programs compute in float32. */
export type TensorStorage = 'float32' | 'float16';

/** A WGSL module with one entry point, `main`. */
export interface Program {
  /** Names the program and all that its code depends on: programs of equal keys are one pipeline. */
  readonly key: string;
  /** The source: tensors at `@binding(0)` and on, in order; uniforms, if any, at the binding after them. All must be used. */
  readonly code: () => string;
  /** How it reads and writes its tensors, in order. Default float32 all: a tensor stored otherwise is widened first. */
  readonly storages?: readonly TensorStorage[] | undefined;
}

/** How many workgroups along each axis. */
export type Workgroups = readonly [x: number, y: number, z: number];

/** A member of a struct of uniforms, an `i32` or an `f32`. */
export type Uniform = number | { readonly float: number };
