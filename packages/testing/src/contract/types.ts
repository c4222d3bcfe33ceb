/** What a contract is written in: an op, its reference, its cases, and how to reach the tensors of whoever runs it. */
import type { NdArray, NdArray64 } from '../arrays/ndArray.js';
import type { ToleranceClass } from '../compare/tolerances.js';

/** Arrays by the name of the input. */
export type Arrays = Readonly<Record<string, NdArray64>>;
/** Tensors by the name of the input. */
export type Tensors<T> = Readonly<Record<string, T>>;

/** How to make, read and differentiate tensors: this package knows of none, so that every other can use it. */
export interface TensorAdapter<T> {
  /** A tensor with an array's values. */
  create(array: NdArray): T;
  /** The values of a tensor. */
  read(tensor: T): Promise<NdArray>;
  /** Frees a tensor. */
  dispose(tensor: T): void;
  /** How many tensors there are. */
  count(): number;
  /** The gradients of Σ y · dy, y = f(variables), for each variable. */
  gradients(f: (variables: Tensors<T>) => T, variables: Tensors<T>, dy: T): Tensors<T>;
  /** The gradients of S = Σ gradient · direction, summed over the gradients of `gradients`, for each variable and for dy. */
  secondGradients(f: (variables: Tensors<T>) => T, variables: Tensors<T>, dy: T, directions: Tensors<T>): SecondGradients<T>;
}

/** A gradient of a gradient, and that gradient, computed as it is when it is to be differentiated. */
export interface SecondGradients<T> {
  /** The gradients of `gradients`. */
  readonly first: Tensors<T>;
  /** The gradients of S for the variables. */
  readonly second: Tensors<T>;
  /** The gradient of S for dy. */
  readonly secondForDy: T;
}

/** A place to compute. */
export interface ContractDevice {
  /** As `MUNIT_REQUIRE_DEVICES` names it: `cpu`, `simd`, `webgpu-node`, `webgpu-browser`. */
  readonly name: string;
  /** Only cases marked tiny run here: WebGPU on a software adapter is a hundred times slower than the CPU. */
  readonly tinyOnly: boolean;
  /** Makes it the device in use. @throws an error whose message says why the device is absent */
  open(): Promise<void>;
}

/** Everything that a contract needs to run. */
export interface ContractEnvironment<T> {
  /** How arrays become tensors, and back. */
  readonly adapter: TensorAdapter<T>;
  /** The devices to test on. */
  readonly devices: readonly ContractDevice[];
}

/** One set of inputs and options. */
export interface OpCase<O> {
  /** Unique within the contract. */
  readonly name: string;
  /** Arrays, or shapes to be filled with seeded normal numbers. An optional input that is absent is left out. */
  readonly inputs: Readonly<Record<string, readonly number[] | NdArray64>>;
  /** The op's options. */
  readonly options: O;
  /** Small enough for a software adapter. NaN and ±∞ are tried on these too. */
  readonly tiny?: boolean;
  /**
   * Whether the reference's gradient is held against finite differences. Default true; false where the function has a kink at
   * these very inputs (ties, |0|), so that differences say nothing, and where the inputs are so large that they take too long.
   */
  readonly finiteDifferences?: boolean;
  /** The magnitude of the terms that all but cancel in this case's values or gradients: the least s of the tolerance. */
  readonly scaleFloor?: number;
}

/** One way to compute the op. */
export interface Implementation<T, O> {
  /** `composed`, `fused`. */
  readonly name: string;
  /** Computes the op from tensors. */
  run(inputs: Tensors<T>, options: O): T;
  /** Whether the device in use can. Default yes. */
  isAvailable?(): boolean;
  /**
   * What NaN and ±∞ in an input become: `same` kinds in the same places as in the reference (default), or `spreads`: whatever
   * is not finite in the reference is not finite here, and neighbours may be affected too (Winograd's transforms subtract).
   */
  readonly nonFinite?: 'same' | 'spreads';
}

/** A differentiable op with one output. */
export interface OpContract<T, O> {
  /** The op's name, for test titles. */
  readonly name: string;
  /** How close an implementation must be to the reference. */
  readonly tolerance: ToleranceClass;
  /** Plain loops in float64: the specification. `backward` gives the gradient of every differentiable input that is present. */
  readonly reference: {
    forward(inputs: Arrays, options: O): NdArray64;
    backward(inputs: Arrays, options: O, dy: NdArray64): Arrays;
  };
  /** All implementations of the op. */
  readonly implementations: readonly Implementation<T, O>[];
  /** Inputs and options to try. */
  readonly cases: readonly OpCase<O>[];
  /**
   * Whether the op has gradients of its gradients: then every implementation's are held to finite differences of the reference's
   * gradients, in all cases but those without `finiteDifferences`. Default true.
   */
  readonly secondDerivatives?: boolean;
}

/** A computation that is not differentiated, with several outputs; it may consume (dispose of) some of its inputs. */
export interface UpdateContract<T, O> {
  /** The op's name, for test titles. */
  readonly name: string;
  /** How close an implementation must be to the reference. */
  readonly tolerance: ToleranceClass;
  /** The float64 specification. */
  reference(inputs: Arrays, options: O): Arrays;
  /** The update under test. */
  run(inputs: Tensors<T>, options: O): Tensors<T>;
  /** Names of inputs that are gone afterwards. */
  consumes(options: O, inputs: readonly string[]): readonly string[];
  /** Inputs and options to try. */
  readonly cases: readonly OpCase<O>[];
}
