/**
 * 256-bit vectors: V8 can make AVX2 code of neighbouring 128-bit operations ("revectorisation", in Node 24 and later, behind a flag).
 *
 * It is experimental in V8, so nothing is taken on trust: the module is compiled a second time with the flag on, for just as long as that
 * takes, all of it by the optimising compiler; then every kernel runs on both modules, and the results have to be equal bit for bit.
 */
import { depthwiseFields, geometryFields, recordWriter } from './geometry.js';
import type { SimdExports } from './exports.js';

/** Flags that are on while the module is compiled, and how they are set back. */
const FLAGS = [
  ['--experimental-wasm-revectorize', '--no-experimental-wasm-revectorize'],
  // All functions at once, by the optimising compiler: the flag counts when a function is compiled.
  ['--no-wasm-lazy-compilation', '--wasm-lazy-compilation'],
  ['--no-liftoff', '--liftoff'],
  // Without the baseline compiler nothing is known of calls, on which deoptimisation rests: V8 14.6 (Node 26) ends the process when it looks for it.
  ['--no-wasm-deopt', '--wasm-deopt'],
] as const;

/** A custom section, which changes nothing but the bytes: V8 shares the code of modules that are equal. */
const MARK = [0, 5, 4, ...[...'wide'].map((letter) => letter.charCodeAt(0))];

/** The module compiled for 256-bit vectors; undefined where the runtime cannot. */
export function compileWide(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module | undefined {
  if (typeof process === 'undefined' || process.arch !== 'x64' || 'bun' in process.versions || 'deno' in process.versions) return undefined;
  const v8 = Number.parseInt(process.versions.node, 10) >= 24 ? process.getBuiltinModule('node:v8') : undefined;
  if (!v8) return undefined;
  const marked = new Uint8Array(bytes.length + MARK.length);
  marked.set(bytes);
  marked.set(MARK, bytes.length);
  for (const [on] of FLAGS) v8.setFlagsFromString(on);
  try {
    return new WebAssembly.Module(marked);
  } finally {
    for (const [, off] of FLAGS) v8.setFlagsFromString(off);
  }
}

/** What came of trying the wide module beside the narrow one. */
export type Verdict = 'equal and faster' | 'not faster' | 'different';

export function tryWide(wide: WebAssembly.Module, narrow: WebAssembly.Module): Verdict {
  const [ours, reference] = [new Trial(wide), new Trial(narrow)];
  ours.wasm.useWideVectors(1);
  const [results, truth] = [ours.results(), reference.results()];
  if (results.length !== truth.length || results.some((word, i) => word !== truth[i])) return 'different';
  return ours.isFaster() ? 'equal and faster' : 'not faster';
}

const PAGES = 512;
const START = 65536;
const LINE = 64;

/** An instance in a small memory of its own, and every kernel with small inputs. */
class Trial {
  readonly wasm: SimdExports;
  readonly #memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  #end = START;
  #seed = 1;
  readonly #outputs: { readonly at: number; readonly count: number }[] = [];

  constructor(module: WebAssembly.Module) {
    const imports = { env: { memory: this.#memory, allocate: (bytes: number) => this.#allocate(bytes) } };
    this.wasm = new WebAssembly.Instance(module, imports).exports as unknown as SimdExports;
    this.wasm.configureThreads(1, 0);
  }

  #allocate(bytes: number): number {
    const at = this.#end;
    this.#end += Math.ceil(bytes / LINE) * LINE + LINE;
    return at;
  }

  /** Address of `count` numbers in [-1, 1), or of [0, 1). */
  #input(count: number, positive = false): number {
    const at = this.#allocate(4 * count);
    const cells = new Float32Array(this.#memory.buffer, at, count);
    for (let i = 0; i < count; i++) {
      this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) | 0;
      const value = (this.#seed >>> 8) / 2 ** 24;
      cells[i] = positive ? value : 2 * value - 1;
    }
    return at;
  }

  /** Address of `count` numbers that a kernel writes. */
  #output(count: number): number {
    const at = this.#allocate(4 * count);
    this.#outputs.push({ at, count });
    return at;
  }

  #integers(values: readonly number[]): number {
    const at = this.#allocate(4 * values.length);
    new Int32Array(this.#memory.buffer, at, values.length).set(values);
    return at;
  }

  /** What every kernel makes of the same inputs, as bits. */
  results(): Uint32Array {
    for (const run of [() => this.#convolutions(), () => this.#depthwise(), () => this.#products(), () => this.#normalisation(), () => this.#elementwise(), () => this.#reductions(), () => this.#pooling(), () => this.#updates(), () => this.#copies()]) run();
    const words: number[] = [];
    for (const { at, count } of this.#outputs) words.push(...new Uint32Array(this.#memory.buffer, at, count));
    return Uint32Array.from(words);
  }

  #convolutions(): void {
    const { wasm } = this;
    const write = recordWriter(geometryFields, () => this.#memory.buffer, wasm.geometryAddress());
    // n, h, w, c, o, k, stride, pad, mode, up: every algorithm of conv/dispatch.ts, sides that leave rests.
    const cases = [
      [1, 14, 13, 20, 28, 3, 1, 1, 1, 1], [1, 12, 12, 16, 32, 4, 2, 1, 1, 1], [1, 7, 6, 16, 12, 5, 1, 2, 1, 2], [1, 12, 11, 3, 18, 7, 1, 3, 1, 1],
      [1, 11, 12, 18, 3, 7, 1, 3, 2, 1], [2, 9, 8, 37, 21, 1, 1, 0, 0, 1], [1, 9, 8, 6, 21, 3, 2, 1, 2, 1], [1, 6, 6, 400, 24, 1, 1, 0, 0, 1],
      [1, 9, 10, 24, 16, 3, 1, 1, 1, 1], [2, 7, 8, 16, 24, 5, 1, 2, 0, 1], [2, 5, 7, 3, 3, 1, 1, 0, 0, 1],
    ] as const;
    for (const [samples, height, width, channels, outputs, k, stride, pad, padMode, up] of cases) {
      const out = (size: number): number => Math.floor((size * up + 2 * pad - k) / stride) + 1;
      const [outHeight, outWidth] = [out(height), out(width)];
      write({ samples, height, width, channels, kernelHeight: k, kernelWidth: k, outputs, stride, padTop: pad, padLeft: pad, outHeight, outWidth, padMode, upY: up, upX: up });
      const [x, filter, bias] = [this.#input(samples * height * width * channels), this.#input(k * k * channels * outputs), this.#input(outputs)];
      const sizeOfY = samples * outHeight * outWidth * outputs;
      for (const activation of [0, 1, 2, 3, 4]) {
        const transformed = this.#allocate(wasm.planConvolution(0));
        wasm.convolve(x, filter, bias, this.#output(sizeOfY), activation, 0.2, transformed, 0);
      }
      const dy = this.#input(sizeOfY);
      const transformed = this.#allocate(wasm.planConvolution(1));
      wasm.convolveDataGrad(this.#output(samples * height * width * channels), filter, dy, transformed, 0);
      wasm.planConvolution(2);
      wasm.convolveFilterGrad(x, this.#output(k * k * channels * outputs), dy);
    }
  }

  #depthwise(): void {
    const write = recordWriter(depthwiseFields, () => this.#memory.buffer, this.wasm.depthwiseAddress());
    for (const [channels, multiplier] of [[39, 1], [5, 3]] as const) {
      const outputs = channels * multiplier;
      write({
        samples: 1, height: 7, width: 8, channels, multiplier, kernelHeight: 3, kernelWidth: 3, strideY: 1, strideX: 1, dilationY: 1, dilationX: 2,
        padTop: 1, padLeft: 1, outHeight: 7, outWidth: 6,
      });
      this.wasm.depthwise(this.#input(56 * channels), this.#input(9 * outputs), this.#input(outputs), this.#output(42 * outputs), 4, 0);
    }
  }

  #products(): void {
    for (const [m, k, n] of [[2, 70, 45], [1, 9, 300], [33, 50, 41], [6, 600, 32]] as const) {
      this.wasm.matMul(this.#input(m * k), this.#input(k * n), this.#output(m * n), m, k, n, n, 1);
      this.wasm.matMul(this.#input(m * k), this.#input(k * n), this.#output(m * n), m, k, n, 1, k);
    }
  }

  #normalisation(): void {
    const { wasm } = this;
    for (const c of [6, 32]) {
      const [n, pixels] = [2, 90];
      const size = n * pixels * c;
      const [x, scale, shift, residual, dy] = [this.#input(size), this.#input(n * c), this.#input(n * c), this.#input(size), this.#input(size)];
      for (const over of [0, 1]) {
        const [mean, inv] = [this.#output(n * c), this.#output(n * c)];
        for (const activation of [0, 1, 2, 3]) {
          wasm.normalize(x, n, pixels, c, scale, shift, 1, residual, over, 1e-5, activation, 0.2, this.#output(size), mean, inv);
          wasm.normalizeGrad(x, n, pixels, c, dy, mean, inv, scale, shift, 1, over, 1e-5, activation, 0.2, this.#output(size), this.#output(n * c), this.#output(n * c));
        }
      }
      wasm.batchNorm(x, this.#output(size), n * pixels, c, scale, this.#input(c, true), shift, scale, 1e-3);
      wasm.softmax(x, this.#output(size), n * pixels, c);
    }
  }

  #elementwise(): void {
    const { wasm } = this;
    const size = 1003;
    const [a, b, row] = [this.#input(size), this.#input(size), this.#input(17)];
    for (let op = 0; op <= 16; op++) wasm.unary(op, a, this.#output(size), size, -0.3, 0.4);
    for (let op = 0; op <= 7; op++) {
      wasm.binary(op, a, size, b, size, this.#output(size), size);
      wasm.binary(op, a, size, row, 17, this.#output(size), size);
      wasm.binary(op, row, 1, b, size, this.#output(size), size);
    }
    for (const activation of [0, 1, 2, 3]) wasm.activationBackward(activation, 0.2, a, b, this.#output(size), size);
  }

  #reductions(): void {
    const { wasm } = this;
    const [rows, n] = [3, 1500];
    const [a, b, dy] = [this.#input(rows * n), this.#input(rows * n), this.#input(1)];
    for (const op of [0, 1, 2, 3]) {
      wasm.sumTerms(op, a, b, 0.5, this.#output(rows), rows, n, 1 / n);
      if (op > 0) wasm.lossGrad(op, a, b, 0.5, dy, 0.25, this.#output(n), n);
    }
    for (const channels of [7, 36]) wasm.unitDistance(a, b, a, this.#output(2), 2, 40, channels);
    for (const cols of [4, 45]) wasm.sumColumns(a, this.#output(cols), 100, cols, 0.5);
  }

  #pooling(): void {
    const { wasm } = this;
    for (const c of [5, 36]) {
      const [x, dy] = [this.#input(8 * 9 * c), this.#input(4 * 5 * c)];
      wasm.averagePool(x, this.#output(4 * 5 * c), 1, 8, 9, c, 4, 5, 3, 2, 1);
      wasm.averagePoolGrad(dy, this.#output(8 * 9 * c), 1, 8, 9, c, 4, 5, 3, 2, 1);
      for (const nanWins of [0, 1]) {
        wasm.maxPool(x, this.#output(4 * 5 * c), 1, 8, 9, c, 4, 5, 3, 3, 2, 2, 1, 1, nanWins);
        wasm.maxPoolGrad(x, dy, this.#output(8 * 9 * c), 1, 8, 9, c, 4, 5, 3, 3, 2, 2, 1, 1, nanWins);
      }
    }
  }

  #updates(): void {
    const size = 203;
    const [p, g, m, v, e] = [this.#output(size), this.#input(size), this.#output(size), this.#output(size), this.#output(size)];
    for (const [to, from] of [[p, this.#input(size)], [m, this.#input(size)], [v, this.#input(size, true)], [e, this.#input(size)]] as const) {
      new Uint8Array(this.#memory.buffer).copyWithin(to, from, from + 4 * size);
    }
    this.wasm.adamUpdate(this.#integers([p, g, m, v, size]), 1, 1e-3, 0.5, 0.999, 1e-8, 1e-4, 0.5, 0.1);
    this.wasm.emaUpdate(this.#integers([e, p, 0, 0, size]), 1, 0.9);
  }

  #copies(): void {
    const { wasm } = this;
    const x = this.#input(6 * 7 * 8);
    wasm.copyStrided(x, this.#output(6 * 7 * 8), this.#integers([1, 1, 1, 8, 7, 6, 0, 0, 0, 1, 8, 56, 0, 0, 0, 42, 6, 1]), 4);
    wasm.gatherSlices(x, this.#integers([3, 0, 5, 5]), this.#output(4 * 56), 1, 1, 6, 4, 4 * 56);
    wasm.fill(this.#output(103), 0x40490fdb, 103);
  }

  /** Whether products on wide vectors take clearly less time than on narrow ones, in the same module. */
  isFaster(): boolean {
    const [rows, cols, k] = [48, 128, 256];
    const [a, b, c] = [this.#input(rows * k), this.#input(k * cols), this.#output(rows * cols)];
    const timeOf = (wide: number): number => {
      this.wasm.useWideVectors(wide);
      const start = performance.now();
      this.wasm.blockGemm(a, k * 24, rows, b, k * 32, cols, c, cols * 4, k, 0);
      return performance.now() - start;
    };
    // Other programs only make a product slower: the least of each counts, taken in turn, and longer where the first ones say no.
    let [wide, narrow] = [Infinity, Infinity];
    for (let i = 0; i < 200; i++) {
      wide = Math.min(wide, timeOf(1));
      narrow = Math.min(narrow, timeOf(0));
      if (i >= 11 && wide < 0.85 * narrow) return true;
    }
    return false;
  }
}
