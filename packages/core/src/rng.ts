/** Seeded randomness as a value that is passed around, saved and restored. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { ArgumentError } from './errors/index.js';

/** The whole state of an `Rng`: four 32-bit integers, fit for JSON. */
export type RngState = readonly number[];

/** The 32-bit finaliser of MurmurHash3: neighbouring numbers become unrelated ones. */
function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/**
 * A generator from four mixed words. xoroshiro's own seeding is not used: it starts with 0.99999 whatever the seed, so that the
 * first normal number of every run would be beyond six deviations.
 */
function generatorFrom(words: readonly number[]): ReturnType<typeof xoroshiro128plusFromState> {
  const state = words.map((word, i) => mix(word + Math.imul(i + 1, 0x9e3779b9)));
  // The one state that xoroshiro never leaves.
  return xoroshiro128plusFromState(state.every((word) => word === 0) ? [1, 0, 0, 0] : state);
}

/**
 * A source of random numbers (xoroshiro128+). The same seed gives the same numbers on every device and machine.
 *
 * @example
 * const rng = new Rng(1);
 * const style = rng.normals(8);
 * const later = Rng.restore(rng.state()); // continues with the same numbers
 */
export class Rng {
  #generator: ReturnType<typeof xoroshiro128plusFromState>;

  /** @param seed a whole number from 0 to 2³² − 1. @throws ArgumentError otherwise */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new ArgumentError(`A seed must be a whole number from 0 to 4294967295, but it is ${seed}.`);
    }
    this.#generator = generatorFrom([seed, seed, seed, seed]);
  }

  /** A source that continues where `state()` was taken. @throws ArgumentError when it is not such a state */
  static restore(state: RngState): Rng {
    if (state.length !== 4 || !state.every((word) => Number.isInteger(word) && word === (word | 0))) {
      throw new ArgumentError('The state of a random source must be four 32-bit integers, as `Rng.state()` gives.');
    }
    const rng = new Rng(0);
    rng.#generator = xoroshiro128plusFromState([...state]);
    return rng;
  }

  /** What `restore` takes. */
  state(): RngState {
    return [...this.#generator.getState()];
  }

  /** A new source whose numbers have nothing to do with those that this one, or another split of it, gives. Uses up four words. */
  split(): Rng {
    // Not a jump: a child's child would then go over the numbers of its grandparent.
    const word = (): number => uniformInt(this.#generator, -0x80000000, 0x7fffffff);
    const child = new Rng(0);
    child.#generator = generatorFrom([word(), word(), word(), word()]);
    return child;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return uniformFloat64(this.#generator);
  }

  /** Uniform whole number in [0, count). @throws ArgumentError unless count is a whole number above 0 */
  integer(count: number): number {
    if (!Number.isSafeInteger(count) || count < 1) throw new ArgumentError(`The number of choices must be a whole number above 0, but it is ${count}.`);
    return uniformInt(this.#generator, 0, count - 1);
  }

  /** Standard normal (Box–Muller, one of the pair, so that the state is all there is). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** `count` standard normal numbers. */
  normals(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.normal());
  }

  /** `count` numbers uniform in [low, high). */
  uniforms(count: number, low = 0, high = 1): Float32Array {
    return Float32Array.from({ length: count }, () => low + (high - low) * this.uniform());
  }

  /** A random order of 0 … count − 1 (Fisher–Yates). */
  permutation(count: number): number[] {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    return order;
  }
}
