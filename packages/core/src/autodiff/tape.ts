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
import type { Backward, BackwardContext, OpRecord } from './opRecord.js';

/** An op that was run. */
interface OpNode {
  readonly kind: 'op';
  readonly record: OpRecord<Tensor>;
  readonly output: Tensor;
  readonly saved: readonly Tensor[];
  /** Whether this tape frees the output and what was saved; an outer one does otherwise. */
  readonly owned: boolean;
}

/** Many ops of which only the output was kept: they run again, and are recorded, when the backward pass arrives. */
interface SegmentNode {
  readonly kind: 'segment';
  readonly run: () => Tensor;
  readonly output: Tensor;
}

/** What running a segment again has made besides its recorded ops: freed once these have been walked. */
interface LeftoversNode {
  readonly kind: 'leftovers';
  readonly tensors: readonly Tensor[];
}

type Node = OpNode | SegmentNode | LeftoversNode;

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
  const node = { kind: 'op', record: record as unknown as OpRecord<Tensor>, output, saved } as const;
  for (const tape of tracking) tape.add({ ...node, owned: tape === outermost });
  return output;
}

/**
 * Runs `f`, part of a computation whose gradient may be recorded. Where the recording recomputes (`RecordOptions.recompute`), only the
 * result is kept, and `f` runs again in the backward pass: memory for time. Otherwise, and inside nested gradients, it is just `f()`.
 * Of constants only the result is kept, whatever the recording does.
 *
 * The gradients are the same to the bit, as the same kernels run on the same values and are walked in the same order. `f` must therefore
 * compute the same each time, read only tensors that live until the gradient is taken, and return one tensor.
 *
 * @param inputs what `f` reads that a gradient may flow to: its input, parameters, a style
 */
export function segment<T extends Tensor>(inputs: readonly (Tensor | undefined)[], f: () => T): T {
  const [tape, ...inner] = active;
  // Of constants: nothing inside is read by a backward pass.
  if (tape !== undefined && !active.some((one) => one.tracksAny(inputs))) return detached(() => tidy(f));
  if (tape === undefined || inner.length > 0 || !tape.recomputes) return f();
  // A result of its own, also where `f` hands back an input.
  const run = (): T => {
    const result = f();
    return inputs.includes(result) ? (copy(result) as T) : result;
  };
  const output = keep(detached(() => tidy(run)));
  tape.add({ kind: 'segment', run, output });
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

  /** Whether segments keep only their result and run again in the backward pass. */
  readonly recomputes: boolean;

  /** @throws GradientError when two variables are the same tensor: their gradients could not be separated */
  constructor(variables: readonly Tensor[], recomputes = false) {
    this.recomputes = recomputes;
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

  add(node: OpNode | SegmentNode): void {
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
        try {
          if (node.kind === 'op') this.#propagateFreeing(node, gradients);
          else if (node.kind === 'segment') this.#runAgain(node, gradients);
        } finally {
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

  /** Records the ops of a segment in its place: the walk goes through them next, from the gradient of the segment's result. */
  #runAgain({ run, output }: SegmentNode, gradients: Map<number, Tensor>): void {
    const dy = gradients.get(output.id);
    if (dy === undefined) return;
    const leftovers: Tensor[] = [];
    this.#nodes.push({ kind: 'leftovers', tensors: leftovers });
    const { result, made } = withActive([...active, this], () => madeBy(run));
    leftovers.push(...made);
    gradients.delete(output.id);
    gradients.set(result.id, dy);
  }

  #release(node: Node, keepAlive: ReadonlySet<Tensor>): void {
    for (const tensor of ownedBy(node)) {
      if (keepAlive.has(tensor)) this.#others.add(tensor);
      else tensor.dispose();
    }
  }

  #propagateFreeing(node: OpNode, gradients: Map<number, Tensor>): void {
    const dy = gradients.get(node.output.id);
    if (dy === undefined) return;
    gradients.delete(node.output.id);
    try {
      this.#propagate(node, dy, gradients);
    } finally {
      dy.dispose();
    }
  }

  #propagate(node: OpNode, dy: Tensor, gradients: Map<number, Tensor>): void {
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
      this.adopt(ownedBy(node));
      if (node.kind === 'segment') this.#runAgain(node, gradients);
      if (node.kind !== 'op') continue;
      const dy = gradients.get(node.output.id);
      gradients.delete(node.output.id);
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
  #gradientsOf({ record, output, saved }: OpNode, dy: Tensor): readonly (Tensor | undefined)[] {
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

/** What a tape frees with a node. */
function ownedBy(node: Node): readonly Tensor[] {
  switch (node.kind) {
    case 'op':
      return node.owned ? [node.output, ...node.saved] : [];
    case 'segment':
      return [node.output];
    case 'leftovers':
      return node.tensors;
    default:
      return node satisfies never;
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

const filled = (shape: readonly number[], value: number): Tensor =>
  runKernel('Fill', {}, { shape: [...shape], value, dtype: 'float32' });

const sum = (a: Tensor, b: Tensor): Tensor =>
  differentiable({ name: 'sumOfGradients', inputs: [a, b], forward: () => runKernel('Add', { a, b }), pullback: ({ dy }) => [dy, dy] });

/** `x` as a tensor of its own, through which a gradient flows. */
export const copy = (x: Tensor): Tensor =>
  differentiable({ name: 'gradient', inputs: [x], forward: () => runKernel('Identity', { x }), pullback: ({ dy }) => [dy] });

function checkSameShape(op: string, index: number, input: Tensor, gradient: Tensor): void {
  if (input.shape.length !== gradient.shape.length || input.shape.some((size, i) => size !== gradient.shape[i])) {
    throw new GradientError(
      `The op '${op}' gave a gradient of shape [${gradient.shape.join(', ')}] for its input ${index} of shape [${input.shape.join(', ')}].`,
    );
  }
}
