/** Which comparisons to make: pairs of methods, inputs, and samples of each. */
import { ArgumentError, DataError, type Rng } from '@munit/core';

/** What one method made of the inputs. */
export interface MethodOutputs {
  /** The method's name in the results. */
  readonly name: string;
  /** Files by the name of the input; several where there are several samples of one input. */
  readonly outputs: ReadonlyMap<string, readonly string[]>;
}

/** One comparison, before it has images in a page. */
export interface Comparison {
  /** Name of the input. */
  readonly input: string;
  /** Names of the methods. */
  readonly methods: readonly [string, string];
  /** File of each method. */
  readonly files: readonly [string, string];
}

/**
 * The pairs of methods to compare: each with `against`, or all with each other.
 * @throws ArgumentError for fewer than two methods, a name that occurs twice, or an `against` that is not one of them
 */
export function methodPairs(names: readonly string[], against?: string): readonly (readonly [string, string])[] {
  if (names.length < 2) throw new ArgumentError(`A survey compares at least two methods, but got ${names.length}.`, { remedy: 'Give another folder of translations.' });
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ArgumentError(`Two methods are called '${twice}'.`, { remedy: 'Give each its own name.' });
  if (against !== undefined && !names.includes(against)) {
    throw new ArgumentError(`There is no method '${against}' to compare the others with.`, { remedy: `Use one of ${names.join(', ')}.` });
  }
  const first = against === undefined ? names : [against];
  return first.flatMap((a, i) => names.filter((b, j) => (against === undefined ? j > i : b !== a)).map((b): readonly [string, string] => [a, b]));
}

/** Samples of both methods for one input: sample k with sample k of random orders, so that none occurs twice before all have occurred. */
function* combinations(a: readonly string[], b: readonly string[], rng: Rng): Generator<readonly [string, string]> {
  const [first, second] = [rng.permutation(a.length), rng.permutation(b.length)];
  for (let round = 0; round < a.length * b.length; round++) {
    // Every combination once: the second index moves by one more after each time around.
    const shift = Math.floor(round / lcm(a.length, b.length));
    yield [a[first[round % a.length]!]!, b[second[(round + shift) % b.length]!]!];
  }
}

function lcm(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a * b) / x;
}

/**
 * `count` comparisons of a pair of methods. Each input is used once before any is used twice; where one is, other samples are compared.
 * @throws DataError when the files are not enough for so many different comparisons
 */
export function comparisonsOf(a: MethodOutputs, b: MethodOutputs, count: number, rng: Rng): Comparison[] {
  const inputs = [...a.outputs.keys()].filter((name) => b.outputs.has(name)).sort();
  if (inputs.length === 0) throw new DataError(`No input has a translation by both '${a.name}' and '${b.name}'.`, { remedy: 'Translate the same inputs by both.' });
  const order = rng.permutation(inputs.length).map((i) => inputs[i]!);
  const samples = order.map((input) => combinations(a.outputs.get(input)!, b.outputs.get(input)!, rng));
  const found: Comparison[] = [];
  let exhausted = 0;
  for (let i = 0; found.length < count && exhausted < inputs.length; i = (i + 1) % inputs.length) {
    const next = samples[i]!.next();
    exhausted = next.done === true ? exhausted + 1 : 0;
    if (next.done !== true) found.push({ input: order[i]!, methods: [a.name, b.name], files: next.value });
  }
  if (found.length < count) {
    throw new DataError(`The files of '${a.name}' and '${b.name}' make ${found.length} different comparisons, but ${count} are required.`, {
      remedy: `Translate more inputs, make more samples of each, or ask ${found.length} questions.`,
    });
  }
  return found;
}
