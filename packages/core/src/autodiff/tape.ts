/**
 * The tape: what reverse-mode differentiation remembers of a forward pass.
 *
 * Why not TensorFlow.js's: see `tfjs.ts`; besides, its tape keeps every activation and every partial gradient
 * until the whole backward pass is over. This one walks the ops backwards and frees, after each, the op's output,
 * what it saved and the gradient that went in: peak memory is the activations plus a few gradients.
 *
 * Tapes nest. While several record, an op is remembered by each of them that has a variable it depends on, and the
 * inner tape's backward pass, computed by ops (`OpRecord.pullback`), is recorded by the outer ones.
 *
 * Ownership. While a tape records, the outputs of recorded ops, what they save and all other tensors that are made
 * belong to the outermost tape (`keep`, so that no `tidy` takes them) and die with it: what an inner gradient has
 * done with, the outer one still needs. Tensors from outside stay the caller's.
 */
import { GradientError } from '../errors/index.js';
import { keep, madeBy, runKernel, type Tensor, tidy } from '../tfjs.js';

/** What a backward function is given. */
export interface BackwardContext<T extends Tensor> {
  /** The cotangent: the gradient of the final scalar for the op's output. */
  readonly dy: T;
  /** What `forward` returned. */
  readonly output: T;
  /** What `forward` saved, in its order. */
  readonly saved: readonly Tensor[];
  /** False where no gradient is wanted: put `undefined` there and spare the work. */
  readonly needs: readonly boolean[];
}

/** Gradients of an op's inputs, in their order. May return `dy` itself. Runs inside a `tidy`. */
export type Backward<T extends Tensor> = (context: BackwardContext<T>) => readonly (Tensor | undefined)[];

/** What every op tells the tape. */
interface OpForward<T extends Tensor> {
  readonly name: string;
  /** The tensors that a gradient may flow to; `undefined` for an optional input that is absent. */
  readonly inputs: readonly (Tensor | undefined)[];
  /**
   * Computes the output. `save` keeps a tensor for the backward function (the inputs and the output are there anyway);
   * it does nothing when no gradient will be asked.
   */
  readonly forward: (save: (tensor: Tensor) => void) => T;
}

/** An op and its gradient, by kernels (`backward`), by differentiable ops (`pullback`), or by both. */
export type OpRecord<T extends Tensor> = OpForward<T> &
  (
    | {
        /** By kernels: as fast as can be, without a gradient of its own. */
        readonly backward: Backward<T>;
        /**
         * The same gradients by differentiable ops of `inputs`, `output` and `dy`, for gradients of gradients; `saved` is constant
         * to them. Used only while an outer gradient is recorded. Without it the op has a first derivative only.
         */
        readonly pullback?: Backward<T> | undefined;
      }
    | { readonly backward?: undefined; readonly pullback: Backward<T> }
  );

interface Node {
  readonly record: OpRecord<Tensor>;
  readonly output: Tensor;
  readonly saved: readonly Tensor[];
  /** Whether this tape frees the output and what was saved; an outer one does otherwise. */
  readonly owned: boolean;
}

/** The tapes that record now, the outermost first. */
let active: readonly Tape[] = [];

/** Whether a gradient is being recorded now. */
export function isRecording(): boolean {
  return active.length > 0;
}

/** Runs `f` aside of all gradients that are being recorded: its results are constants to them. */
export function detached<R>(f: () => R): R {
  return withActive([], f);
}

function withActive<R>(tapes: readonly Tape[], f: () => R): R {
  const before = active;
  active = tapes;
  try {
    return f();
  } finally {
    active = before;
  }
}

/**
 * Runs an op; when a tape records and an input depends on its variables, remembers how to go back.
 * The result is a new tensor; it belongs to the tape where recorded, to the enclosing `tidy` otherwise.
 */
export function differentiable<T extends Tensor>(record: OpRecord<T>): T {
  const tracking = active.filter((tape) => tape.tracksAny(record.inputs));
  if (tracking.length === 0) return tidy(() => record.forward(() => undefined));
  const { output, saved } = runForward(record);
  const [outermost] = active;
  if (outermost !== undefined && !tracking.includes(outermost)) outermost.adopt([output, ...saved]);
  // Every tape gives `record` the output that it was declared with.
  const node = { record: record as unknown as OpRecord<Tensor>, output, saved };
  for (const tape of tracking) tape.add({ ...node, owned: tape === outermost });
  return output;
}

function runForward<T extends Tensor>(record: OpRecord<T>): { readonly output: T; readonly saved: readonly Tensor[] } {
  const saved: Tensor[] = [];
  try {
    const output = tidy(() => {
      const result = record.forward((tensor) => saved.push(keep(tensor)));
      // An op may hand back its input (an identity); the tape must own a tensor of its own.
      return record.inputs.includes(result) ? runKernel<T>('Identity', { x: result }) : result;
    });
    return { output: keep(output), saved };
  } catch (error) {
    for (const tensor of saved) tensor.dispose();
    throw error;
  }
}

export class Tape {
  readonly #nodes: Node[] = [];
  /** Ids of tensors that depend on a variable. */
  readonly #tracked = new Set<number>();
  /** What else was made while recording, and what the caller is to have: freed at the end, or after a failure. */
  readonly #others = new Set<Tensor>();

  /** @throws GradientError when two variables are the same tensor: their gradients could not be separated */
  constructor(variables: readonly Tensor[]) {
    for (const variable of variables) {
      if (this.#tracked.has(variable.id)) {
        throw new GradientError(`The parameters hold the same tensor, of shape [${variable.shape.join(', ')}], in two places.`, {
          remedy: 'Pass it once, and use it twice inside the function.',
        });
      }
      this.#tracked.add(variable.id);
    }
  }

  tracksAny(inputs: readonly (Tensor | undefined)[]): boolean {
    return inputs.some((input) => input !== undefined && this.#tracked.has(input.id));
  }

  add(node: Node): void {
    this.#tracked.add(node.output.id);
    this.#nodes.push(node);
  }

  /** Takes over tensors that somebody may still need until this tape is done. */
  adopt(tensors: Iterable<Tensor>): void {
    for (const tensor of tensors) this.#others.add(tensor);
  }

  /** Records what `f` does, besides what outer tapes record. What it makes lives as long as the outermost tape. */
  record<R>(f: () => R): R {
    const tapes = active.includes(this) ? active : [...active, this];
    const { result, made } = withActive(tapes, () => madeBy(f));
    (tapes[0] as Tape).adopt(made);
    return result;
  }

  /**
   * Gradients of Σ y · dy (of y, where it is a scalar) for `variables`; zeros where `y` does not depend on one.
   * Frees everything that the tape owns as it goes, except `keepAlive`; while an outer tape records, hands it all to that.
   */
  backward(y: Tensor, variables: readonly Tensor[], keepAlive: ReadonlySet<Tensor>, dy?: Tensor): Tensor[] {
    if (active.includes(this)) {
      throw new GradientError('The gradient was asked for inside the function that is being recorded for it.', {
        remedy: 'Call `backward` after `run` has returned.',
      });
    }
    if (!this.#tracked.has(y.id)) {
      throw new GradientError('The value does not depend on any of the variables, so it has no gradient for them.', {
        remedy: 'Compute it from the parameters that were passed in, by ops of @munit/core.',
      });
    }
    const [outermost] = active;
    if (outermost === undefined) return this.#backwardFreeing(y, variables, keepAlive, dy);
    const { result, made } = madeBy(() => this.#backwardRecorded(y, variables, dy));
    outermost.adopt([...made, ...this.#others]);
    this.#others.clear();
    return result;
  }

  #backwardFreeing(y: Tensor, variables: readonly Tensor[], keepAlive: ReadonlySet<Tensor>, cotangent?: Tensor): Tensor[] {
    const seed = cotangent === undefined ? filled(y.shape, 1) : runKernel('Identity', { x: cotangent });
    const gradients = new Map<number, Tensor>([[y.id, keep(seed)]]);
    try {
      for (let node = this.#nodes.pop(); node !== undefined; node = this.#nodes.pop()) {
        const dy = gradients.get(node.output.id);
        gradients.delete(node.output.id);
        try {
          if (dy !== undefined) this.#propagate(node, dy, gradients);
        } finally {
          dy?.dispose();
          this.#release(node, keepAlive);
        }
      }
      const found = variables.map((variable) => {
        const gradient = gradients.get(variable.id);
        gradients.delete(variable.id);
        return gradient ?? keep(filled(variable.shape, 0));
      });
      for (const tensor of this.#others) if (!keepAlive.has(tensor)) tensor.dispose();
      this.#others.clear();
      return found;
    } finally {
      for (const left of gradients.values()) left.dispose();
    }
  }

  #release({ output, saved, owned }: Node, keepAlive: ReadonlySet<Tensor>): void {
    if (!owned) return;
    for (const tensor of [output, ...saved]) {
      if (keepAlive.has(tensor)) this.#others.add(tensor);
      else tensor.dispose();
    }
  }

  #propagate(node: Node, dy: Tensor, gradients: Map<number, Tensor>): void {
    tidy(() => {
      const inputGradients = this.#gradientsOf(node, dy);
      node.record.inputs.forEach((input, i) => {
        const gradient = inputGradients[i];
        if (input === undefined || gradient === undefined) return;
        const before = gradients.get(input.id);
        if (before === undefined) {
          gradients.set(input.id, keep(gradient === dy || inputGradients.indexOf(gradient) !== i ? runKernel('Identity', { x: gradient }) : gradient));
        } else {
          gradients.set(input.id, keep(runKernel('Add', { a: before, b: gradient })));
          before.dispose();
        }
      });
    });
  }

  /** The same by differentiable ops, freeing nothing: the outer tapes record it. */
  #backwardRecorded(y: Tensor, variables: readonly Tensor[], cotangent = filled(y.shape, 1)): Tensor[] {
    const gradients = new Map<number, Tensor>([[y.id, cotangent]]);
    for (let node = this.#nodes.pop(); node !== undefined; node = this.#nodes.pop()) {
      const dy = gradients.get(node.output.id);
      gradients.delete(node.output.id);
      if (node.owned) this.adopt([node.output, ...node.saved]);
      if (dy === undefined) continue;
      const inputGradients = this.#gradientsOf(node, dy);
      node.record.inputs.forEach((input, i) => {
        const gradient = inputGradients[i];
        if (input === undefined || gradient === undefined) return;
        const before = gradients.get(input.id);
        gradients.set(input.id, before === undefined ? gradient : sum(before, gradient));
      });
    }
    return variables.map((variable) => {
      const gradient = gradients.get(variable.id);
      // A result of its own for each: two variables may have been given the same tensor as their gradient.
      return gradient === undefined ? filled(variable.shape, 0) : copy(gradient);
    });
  }

  /** The gradients of the inputs that depend on a variable, checked. @throws GradientError */
  #gradientsOf({ record, output, saved }: Node, dy: Tensor): readonly (Tensor | undefined)[] {
    const needs = record.inputs.map((input) => input !== undefined && this.#tracked.has(input.id));
    const found = runBackward(record, { dy, output, saved, needs });
    return record.inputs.map((input, i) => {
      if (input === undefined || needs[i] !== true) return undefined;
      const gradient = found[i];
      if (gradient === undefined) throw new GradientError(`The op '${record.name}' gave no gradient for its input ${i}.`);
      checkSameShape(record.name, i, input, gradient);
      return gradient;
    });
  }

  /** Frees everything that the tape owns. */
  dispose(): void {
    for (let node = this.#nodes.pop(); node !== undefined; node = this.#nodes.pop()) this.#release(node, new Set());
    for (const tensor of this.#others) tensor.dispose();
    this.#others.clear();
  }
}

/** The op's gradients. @throws GradientError when it failed because an input is gone, or has no second derivative and needs one */
function runBackward(record: OpRecord<Tensor>, context: BackwardContext<Tensor>): readonly (Tensor | undefined)[] {
  try {
    return backwardOf(record, context)(context);
  } catch (cause) {
    const freed = record.inputs.findIndex((input) => input?.isDisposed === true);
    if (freed < 0) throw cause;
    throw new GradientError(`The input ${freed} of the op '${record.name}' was freed before the gradient was taken.`, {
      cause,
      remedy: 'Inside the function to differentiate, dispose of nothing that an op has taken, and make constants outside of any tidy.',
    });
  }
}

function backwardOf({ name, inputs, backward, pullback }: OpRecord<Tensor>, { dy, output }: BackwardContext<Tensor>): Backward<Tensor> {
  if (backward === undefined) return pullback;
  const isTracked = active.some((tape) => tape.tracksAny([dy, output, ...inputs]));
  if (!isTracked) return backward;
  if (pullback === undefined) {
    throw new GradientError(`The op '${name}' has no second derivative, and a gradient of its gradient was asked for.`, {
      remedy: 'Leave the op out of what is differentiated twice, or compute the inner gradient inside `detached`.',
    });
  }
  return pullback;
}

/**
 * The gradients of Σ f(inputs) · dy for the inputs that need one: a backward function for an op that can be written in other
 * differentiable ops.
 */
export function pullBack<T extends Tensor>(
  inputs: readonly (Tensor | undefined)[],
  f: (inputs: readonly (Tensor | undefined)[]) => T,
  dy: Tensor,
  needs: readonly boolean[],
): readonly (Tensor | undefined)[] {
  // Copies: an op may have the same tensor as two of its inputs.
  const own = inputs.map((input, i) => (input !== undefined && needs[i] === true ? copy(input) : input));
  const variables = own.filter((input, i): input is Tensor => input !== undefined && needs[i] === true);
  const tape = new Tape(variables);
  try {
    const y = tape.record(() => f(own));
    const gradients = tape.backward(y, variables, new Set(), dy);
    return own.map((_, i) => (needs[i] === true ? gradients.shift() : undefined));
  } catch (error) {
    tape.dispose();
    throw error;
  }
}

const filled = (shape: readonly number[], value: number): Tensor =>
  runKernel('Fill', {}, { shape: [...shape], value, dtype: 'float32' });

const sum = (a: Tensor, b: Tensor): Tensor =>
  differentiable({ name: 'sumOfGradients', inputs: [a, b], forward: () => runKernel('Add', { a, b }), pullback: ({ dy }) => [dy, dy] });

const copy = (x: Tensor): Tensor =>
  differentiable({ name: 'gradient', inputs: [x], forward: () => runKernel('Identity', { x }), pullback: ({ dy }) => [dy] });

function checkSameShape(op: string, index: number, input: Tensor, gradient: Tensor): void {
  if (input.shape.length !== gradient.shape.length || input.shape.some((size, i) => size !== gradient.shape[i])) {
    throw new GradientError(
      `The op '${op}' gave a gradient of shape [${gradient.shape.join(', ')}] for its input ${index} of shape [${input.shape.join(', ')}].`,
    );
  }
}
