import type { NdArray64 } from '../arrays/ndArray.js';
import { randomArray } from '../arrays/random.js';
import type { Arrays, OpCase } from './types.js';

/** A number from a name: each input of each case has numbers of its own, and always the same. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash;
}

/** The arrays of a case, rounded to float32, so that tensors and references start from the same numbers. */
export function inputsOf<O>(opCase: OpCase<O>): Arrays {
  return Object.fromEntries(
    Object.entries(opCase.inputs).map(([name, input]) => [
      name,
      'data' in input ? { ...input, data: input.data.map(Math.fround) } : randomArray(input, { seed: seedOf(`${opCase.name}/${name}`) }),
    ]),
  );
}

/** A direction for the gradient of each input: random, as the cotangent is. */
export function directionsOf<O>(opCase: OpCase<O>, gradients: Arrays): Arrays {
  return Object.fromEntries(
    Object.entries(gradients).map(([name, { shape }]) => [name, randomArray(shape, { seed: seedOf(`${opCase.name}/${name}/direction`) })]),
  );
}

/** The cotangent of a case: random, so that no error cancels. */
export function cotangentOf<O>(opCase: OpCase<O>, y: NdArray64): NdArray64 {
  return randomArray(y.shape, { seed: seedOf(`${opCase.name}/dy`) });
}
