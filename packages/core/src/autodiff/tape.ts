/**
 * The tape: what reverse-mode differentiation remembers of a forward pass.
 *
 * Why not TensorFlow.js's: see `tfjs.ts`; besides, its tape keeps every activation and every partial gradient
 * until the whole backward pass is over. This one walks the ops backwards and frees, after each, the op's output,
 * what it saved and the gradient that went in: peak memory is the activations plus a few gradients.
 *
 * Ownership. While a tape records, the outputs of recorded ops and what they save belong to the tape
 * (`keep`, so that no `tidy` takes them) and die with it. Inputs stay the caller's.
 */
import { ArgumentError, GradientError } from '../errors/index.js';
import { keep, runKernel, type Tensor, tidy } from '../tfjs.js';

/** What an op tells the tape. */
export interface OpRecord<T extends Tensor> {
  readonly name: string;
  /** The tensors that a gradient may flow to; `undefined` for an optional input that is absent. */
  readonly inputs: readonly (Tensor | undefined)[];
  /**
   * Computes the output. `save` keeps a tensor for `backward` (the inputs and the output are there anyway);
   * it does nothing when no gradient will be asked.
   */
  readonly forward: (save: (tensor: Tensor) => void) => T;
  /**
   * Gradients of the inputs, in their order, for the cotangent `dy`. `needs[i]` is false where none is wanted:
   * put `undefined` there and spare the work. May return `dy` itself. Runs inside a `tidy`.
   */
  readonly backward: (context: {
    readonly dy: T;
    readonly output: T;
    readonly saved: readonly Tensor[];
    readonly needs: readonly boolean[];
  }) => readonly (Tensor | undefined)[];
}

interface Node {
  readonly record: OpRecord<Tensor>;
  readonly output: Tensor;
  readonly saved: readonly Tensor[];
}

let current: Tape | undefined;

/** Whether a gradient is being recorded now. */
export function isRecording(): boolean {
  return current !== undefined;
}

/**
 * Runs `f` aside of the gradient that is being recorded: its results are constants to that gradient, and it may
 * compute a gradient of its own. (The discriminators' update uses the content codes that the generators' gradient
 * has already recorded.)
 */
export function detached<R>(f: () => R): R {
  const suspended = current;
  current = undefined;
  try {
    return f();
  } finally {
    current = suspended;
  }
}

/**
 * Runs an op; when a tape records and an input depends on its variables, remembers how to go back.
 * The result is a new tensor; it belongs to the tape where recorded, to the enclosing `tidy` otherwise.
 */
export function differentiable<T extends Tensor>(record: OpRecord<T>): T {
  const tape = current;
  if (tape === undefined || !tape.tracksAny(record.inputs)) {
    return tidy(() => record.forward(() => undefined));
  }
  return tape.run(record);
}

export class Tape {
  readonly #nodes: Node[] = [];
  /** Ids of tensors that depend on a variable. */
  readonly #tracked = new Set<number>();
  /** What `backward` has passed over and not freed, because the caller is to have it. */
  readonly #spared: Tensor[] = [];

  /** @throws GradientError when a tensor comes twice: its gradient could not be told apart by place */
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

  run<T extends Tensor>(record: OpRecord<T>): T {
    const saved: Tensor[] = [];
    let output: T;
    try {
      output = tidy(() => {
        const result = record.forward((tensor) => saved.push(keep(tensor)));
        // An op may hand back its input (an identity); the tape must own a tensor of its own.
        return record.inputs.includes(result) ? runKernel<T>('Identity', { x: result }) : result;
      });
    } catch (error) {
      for (const tensor of saved) tensor.dispose();
      throw error;
    }
    keep(output);
    this.#tracked.add(output.id);
    this.#nodes.push({ record: record as unknown as OpRecord<Tensor>, output, saved });
    return output;
  }

  /** Records what `f` does. Tapes do not nest: a gradient of a gradient is refused, not computed wrongly. */
  record<R>(f: () => R): R {
    if (current !== undefined) {
      throw new GradientError('A gradient was asked for while another is being recorded.', {
        remedy: 'Gradients of gradients are not supported; compute the inner gradient before.',
      });
    }
    current = this;
    try {
      return f();
    } finally {
      current = undefined;
    }
  }

  /**
   * Gradients of the scalar `y` for `variables` (zeros where `y` does not depend on one).
   * Frees everything that the tape owns as it goes, except `keepAlive`.
   */
  backward(y: Tensor, variables: readonly Tensor[], keepAlive: ReadonlySet<Tensor>): Tensor[] {
    if (!this.#tracked.has(y.id)) {
      throw new GradientError('The value does not depend on any of the variables, so it has no gradient for them.', {
        remedy: 'Compute it from the parameters that were passed in, by ops of @munit/core.',
      });
    }
    const gradients = new Map<number, Tensor>([[y.id, keep(filled(y.shape, 1))]]);
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
      return variables.map((variable) => {
        const gradient = gradients.get(variable.id);
        gradients.delete(variable.id);
        return gradient ?? keep(filled(variable.shape, 0));
      });
    } finally {
      for (const left of gradients.values()) left.dispose();
    }
  }

  /** Frees everything that the tape owns, after a failure. */
  dispose(): void {
    for (let node = this.#nodes.pop(); node !== undefined; node = this.#nodes.pop()) this.#release(node, new Set());
    for (let tensor = this.#spared.pop(); tensor !== undefined; tensor = this.#spared.pop()) tensor.dispose();
  }

  #release({ output, saved }: Node, keepAlive: ReadonlySet<Tensor>): void {
    for (const tensor of [output, ...saved]) {
      if (keepAlive.has(tensor)) this.#spared.push(tensor);
      else tensor.dispose();
    }
  }

  #propagate(node: Node, dy: Tensor, gradients: Map<number, Tensor>): void {
    const { record, output, saved } = node;
    const needs = record.inputs.map((input) => input !== undefined && this.#tracked.has(input.id));
    tidy(() => {
      const inputGradients = runBackward(record, { dy, output, saved, needs });
      record.inputs.forEach((input, i) => {
        const gradient = inputGradients[i];
        if (input === undefined || needs[i] !== true) return;
        if (gradient === undefined) throw new GradientError(`The op '${record.name}' gave no gradient for its input ${i}.`);
        assertSameShape(record.name, i, input, gradient);
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
}

/** The op's gradients. @throws GradientError when it failed because an input is gone */
function runBackward(record: OpRecord<Tensor>, context: Parameters<OpRecord<Tensor>['backward']>[0]): readonly (Tensor | undefined)[] {
  try {
    return record.backward(context);
  } catch (cause) {
    const freed = record.inputs.findIndex((input) => input?.isDisposed === true);
    if (freed < 0) throw cause;
    throw new GradientError(`The input ${freed} of the op '${record.name}' was freed before the gradient was taken.`, {
      cause,
      remedy: 'Inside the function to differentiate, dispose of nothing that an op has taken, and make constants outside of any tidy.',
    });
  }
}

const filled = (shape: readonly number[], value: number): Tensor =>
  runKernel('Fill', {}, { shape: [...shape], value, dtype: 'float32' });

function assertSameShape(op: string, index: number, input: Tensor, gradient: Tensor): void {
  if (input.shape.length !== gradient.shape.length || input.shape.some((size, i) => size !== gradient.shape[i])) {
    throw new ArgumentError(
      `The op '${op}' gave a gradient of shape [${gradient.shape.join(', ')}] for its input ${index} of shape [${input.shape.join(', ')}].`,
    );
  }
}
