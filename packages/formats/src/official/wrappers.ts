/** Networks in the wrappings that people save them in: dictionaries of dictionaries, and prefixes of names. */
import type { PerDomain } from '@munit/core';
import { isDict, type StateDict, type TorchDict, TorchTensor, type TorchValue } from '../torch/tensor.js';

/** Keys under which training programs put their networks; a trainer's own choice comes before averages. */
const WRAPPERS = [
  'gen', 'generator', 'generators', 'netG', 'G', 'state_dict', 'model_state_dict', 'state', 'model', 'net', 'network', 'networks', 'weights', 'params',
  'ema', 'gen_ema', 'model_ema', 'params_ema', 'dis', 'discriminator', 'discriminators', 'netD', 'D',
];

/** How the networks of both domains are called in one dictionary, or at the start of the names in one state dict. */
const PAIRS: readonly PerDomain<string>[] = [
  { a: 'a', b: 'b' },
  { a: 'gen_a', b: 'gen_b' },
  { a: 'dis_a', b: 'dis_b' },
];

/** What wrapping a module puts before all names of its tensors (`DataParallel`, `torch.compile`). */
const MODULES = ['module.', '_orig_mod.'];

/** Wrappings inside each other that are looked into. */
const DEEPEST = 4;

function unprefixed(weights: StateDict): StateDict {
  const prefix = MODULES.find((start) => [...weights.keys()].every((name) => name.startsWith(start)));
  return prefix === undefined ? weights : unprefixed(new Map([...weights].map(([name, tensor]) => [name.slice(prefix.length), tensor])));
}

/** A value as tensors by name, if it is nothing else; without what wrappers put before all the names. */
export function stateDictOf(value: TorchValue | undefined): StateDict | undefined {
  if (!isDict(value) || value.size === 0) return undefined;
  const sound = [...value].every(([name, item]) => typeof name === 'string' && item instanceof TorchTensor);
  return sound ? unprefixed(value as StateDict) : undefined;
}

/** The tensors whose names start with `prefix`, by the rest of their names. */
function below(weights: StateDict, prefix: string): StateDict | undefined {
  const found = [...weights].filter(([name]) => name.startsWith(prefix));
  return found.length === 0 ? undefined : unprefixed(new Map(found.map(([name, tensor]) => [name.slice(prefix.length), tensor])));
}

function pairsOf(value: TorchDict): PerDomain<StateDict>[] {
  const flat = stateDictOf(value);
  return PAIRS.flatMap((names) => {
    const part = (name: string): StateDict | undefined => (flat === undefined ? stateDictOf(value.get(name)) : below(flat, `${name}.`));
    const [a, b] = [part(names.a), part(names.b)];
    return a === undefined || b === undefined ? [] : [{ a, b }];
  });
}

const insides = (value: TorchDict): TorchValue[] => WRAPPERS.flatMap((key) => value.get(key) ?? []);

/** All that may be the networks of both domains, the outermost first. */
export function networkPairs(value: TorchValue, depth = 0): PerDomain<StateDict>[] {
  if (!isDict(value) || depth > DEEPEST) return [];
  return [...pairsOf(value), ...insides(value).flatMap((inside) => networkPairs(inside, depth + 1))];
}

/** The outermost state dict. */
export function innerStateDict(value: TorchValue, depth = 0): StateDict | undefined {
  if (!isDict(value) || depth > DEEPEST) return undefined;
  const own = stateDictOf(value);
  if (own !== undefined) return own;
  for (const inside of insides(value)) {
    const found = innerStateDict(inside, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
