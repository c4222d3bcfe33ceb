/** How many bands the work on an image takes, before it begins: for reporting progress. */
import { generatorLayer, type GeneratorsArchitecture } from '@munit/formats';
import { type MapSize, type Step, stepsOf, traceSteps } from '@munit/layers';
import { isPassing } from './passing.js';

/** Rows of a band of a map of `height` rows, in an image of `fullHeight` of which `rows` are taken at once. */
export const bandRowsOf = (height: number, rows: number, fullHeight: number): number => Math.max(1, Math.floor((rows * height) / fullHeight));

/** The passes over maps of a chain of steps. */
interface Counted {
  /** Bands of all passes. */
  readonly bands: number;
  readonly output: MapSize;
  /** Whether the last map is kept; otherwise it is computed when its rows are asked for. */
  readonly kept: boolean;
}

/** How many bands all passes over an image take: those of the encoder, and of each decoding. */
export function countBands(architecture: GeneratorsArchitecture, height: number, rows: number): { readonly encode: number; readonly decode: number } {
  // From a to b, which every model has.
  const { contentEncoder } = generatorLayer(architecture, 'a').describe().roles;
  const { decoder } = generatorLayer(architecture, 'b').describe().roles;
  const count = new BandCount(height, rows);
  const encoded = count.chain(stepsOf(contentEncoder.node), { height, width: height, channels: architecture.inputDim.a }, false);
  const decoded = count.chain(stepsOf(decoder.node), encoded.output, true);
  // The content is kept, and the image read.
  return { encode: encoded.bands + count.keeping(encoded), decode: decoded.bands + Math.ceil(height / rows) };
}

const normOf = (step: Step | undefined): boolean => step?.kind === 'weighted' && step.norm !== undefined;

class BandCount {
  readonly #height: number;
  readonly #rows: number;

  constructor(height: number, rows: number) {
    this.#height = height;
    this.#rows = rows;
  }

  /** One pass over a map. */
  #pass({ height }: MapSize): number {
    return Math.ceil(height / bandRowsOf(height, this.#rows, this.#height));
  }

  /** What it takes to keep a map that is not kept yet. */
  keeping({ output, kept }: Pick<Counted, 'output' | 'kept'>): number {
    return kept ? 0 : this.#pass(output);
  }

  chain(steps: readonly Step[], input: MapSize, inputKept: boolean): Counted {
    let [bands, at]: [number, Pick<Counted, 'output' | 'kept'>] = [0, { output: input, kept: inputKept }];
    steps.forEach((step, i) => {
      const counted = this.#step(step, at, steps[i + 1]);
      bands += counted.bands;
      at = counted;
    });
    return { bands, output: at.output, kept: at.kept };
  }

  #step(step: Step, input: Pick<Counted, 'output' | 'kept'>, next: Step | undefined): Counted {
    const output = traceSteps([step], input.output).at(-1)?.output ?? input.output;
    switch (step.kind) {
      case 'op':
        // Dropout is nothing at all in use.
        return { bands: 0, output, kept: step.op.node.op === 'dropout' && input.kept };
      case 'branches': {
        const all = step.branches.map((branch) => this.chain(branch, input.output, true));
        return { bands: all.reduce((sum, branch) => sum + branch.bands + this.keeping(branch), this.keeping(input)), output, kept: false };
      }
      case 'residual': {
        const stored = this.keeping(input);
        if (step.shortcut === undefined && step.body.every(({ kind }) => kind === 'weighted')) {
          // A kept map is gone through to be made, and once more to be normalised, the last to be added.
          const maps = traceSteps(step.body, input.output);
          const passes = (i: number): number => (i === maps.length - 1 || normOf(step.body[i]) ? 2 : 1);
          return { bands: stored + maps.reduce((sum, map, i) => sum + passes(i) * this.#pass(map.output), 0), output, kept: true };
        }
        const body = this.chain(step.body, input.output, true);
        const shortcut: Counted = step.shortcut === undefined ? { bands: 0, output, kept: true } : this.chain(step.shortcut, input.output, true);
        return { bands: stored + shortcut.bands + this.keeping(shortcut) + body.bands + this.keeping(body) + this.#pass(output), output, kept: true };
      }
      case 'weighted': {
        // A passing map is measured for its norm, and made on the way to the next.
        const passing = (next === undefined && step.norm === undefined) || isPassing(output.height, this.#height, next);
        const normed = normOf(step) ? 1 : 0;
        return passing ? { bands: normed * this.#pass(output), output, kept: false } : { bands: (1 + normed) * this.#pass(output), output, kept: true };
      }
      default:
        return step satisfies never;
    }
  }
}
