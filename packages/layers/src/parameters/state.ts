/**
 * What is part of the parameters but not trained: spectral norm's vectors u and v, next to their weight under the key `spectral`, and the
 * running averages of a batch norm, next to its scale under the key `running` (see running.ts).
 *
 * The published wrapper of spectral norm advances u and v once before every forward pass, in training and in evaluation. Here that is a
 * function from parameters to parameters, called before `apply`:
 *
 * const first = advancePowerIteration(params);   // for the fakes
 * const second = advancePowerIteration(first);   // for the reals
 * valueAndGrad((trained) => loss(dis.apply(withState(trained, first), fake), dis.apply(withState(trained, second), real)), trainable(params));
 */
import { ArgumentError, type Params, powerIteration, scale, spectralNormalize, type SpectralState, type Tensor, tidy, treeLeaves, type Tree } from '@munit/core';

const stateKey = 'spectral';
export const runningKey = 'running';
const stateKeys: readonly string[] = [stateKey, runningKey];

/** What `advancePowerIteration` recognises: a weight with its state. */
type SpectralNode = { readonly weight: Tensor; readonly spectral: SpectralState };

type Branch = { readonly [name: string]: unknown };

function isBranch(node: unknown): node is Branch {
  if (node === null || typeof node !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(node);
  return prototype === Object.prototype || prototype === null;
}

/** Rebuilds the objects of a tree by `onObject`, which gets each and a function for its children. */
function rebuild(node: unknown, onObject: (node: Branch, recur: (child: unknown) => unknown) => Branch): unknown {
  if (Array.isArray(node)) return node.map((child: unknown) => rebuild(child, onObject));
  if (!isBranch(node)) return node;
  return onObject(node, (child) => rebuild(child, onObject));
}

const mapValues = (node: Branch, f: (value: unknown, key: string) => unknown): Branch =>
  Object.fromEntries(Object.entries(node).map(([key, value]) => [key, f(value, key)]));

const withoutState = (node: Branch): Branch => Object.fromEntries(Object.entries(node).filter(([name]) => !stateKeys.includes(name)));

/** Whether a tree holds state, or one kind of it, anywhere. Looked at in every step: nothing is made on the way. */
function holdsState(node: unknown, keys = stateKeys): boolean {
  if (Array.isArray(node)) return node.some((child) => holdsState(child, keys));
  if (!isBranch(node)) return false;
  for (const key in node) if (keys.includes(key) || holdsState(node[key], keys)) return true;
  return false;
}

/** The parameters that are trained: all but spectral norm's u and v and the running averages of batch norms. Shares the tensors, and branches without state. */
export function trainable<P>(params: P): P {
  if (!holdsState(params)) return params;
  return rebuild(params, (node, recur) => (holdsState(node) ? mapValues(withoutState(node), recur) : node)) as P;
}

/**
 * The parameters `trained` (as `trainable` gives them) with the state of `state`. Shares the tensors, and branches without state.
 * @throws ArgumentError when the trees differ in shape
 */
export function withState<P extends Params>(trained: P, state: P): P {
  return join(trained, state, '') as P;
}

/** Whether the second tree has a branch wherever the first has one. */
function coversBranches(trained: unknown, state: unknown): boolean {
  if (Array.isArray(trained)) return Array.isArray(state) && trained.every((child, i) => coversBranches(child, state[i]));
  if (!isBranch(trained)) return true;
  if (!isBranch(state)) return false;
  for (const key in trained) if (!coversBranches(trained[key], state[key])) return false;
  return true;
}

function join(trained: unknown, state: unknown, path: string): unknown {
  if (!holdsState(state) && coversBranches(trained, state)) return trained;
  if (Array.isArray(trained)) {
    const others: readonly unknown[] = Array.isArray(state) ? state : [];
    return trained.map((child: unknown, i) => join(child, others[i], `${path}.${i}`));
  }
  if (!isBranch(trained)) return trained;
  if (!isBranch(state)) throw new ArgumentError(`withState: the second tree has no branch at '${path}', which the first has.`);
  const joined = mapValues(trained, (child, key) => join(child, state[key], `${path}.${key}`));
  return { ...joined, ...Object.fromEntries(stateKeys.flatMap((key) => (key in state ? [[key, state[key]]] : []))) };
}

/** All tensors of the state, for the caller to dispose of: u and v, running averages; empty where there is none. */
export function stateTensors(params: Params): Tensor[] {
  const found: Tensor[] = [];
  if (!holdsState(params)) return found;
  rebuild(params, (node, recur) => {
    for (const key of stateKeys) if (key in node) found.push(...treeLeaves(node[key] as Tree<Tensor>));
    return mapValues(withoutState(node), recur);
  });
  return found;
}

/**
 * The parameters with every u and v one power iteration on. Weights are shared with `params`; the new u and v are the
 * caller's, and the old ones stay so. Without spectral norm there is nothing to advance, and `params` itself comes back.
 */
export function advancePowerIteration<P extends Params>(params: P): P {
  if (!holdsState(params, [stateKey])) return params;
  return rebuild(params, (node, recur) => {
    if (!(stateKey in node)) return mapValues(node, recur);
    const { weight, spectral } = node as SpectralNode;
    const { u, v } = powerIteration(weight, spectral);
    return { ...node, [stateKey]: { u, v } };
  }) as P;
}

/**
 * The parameters of the same network without spectral norm: every weight divided by its spectral norm, by the u and v beside it, which are left out.
 * The caller owns all tensors of the result.
 */
export function withoutSpectralNorm<P extends Params>(params: P): P {
  const copy = (leaf: unknown): unknown => tidy(() => scale(leaf as Tensor, 1));
  const plain = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(plain);
    if (!isBranch(node)) return copy(node);
    if (!(stateKey in node)) return mapValues(node, plain);
    const { weight, spectral } = node as SpectralNode;
    const { [stateKey]: _, weight: __, ...rest } = node;
    return { weight: tidy(() => spectralNormalize(weight, spectral)), ...mapValues(rest, plain) };
  };
  return plain(params) as P;
}
