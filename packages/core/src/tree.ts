/**
 * Trees of values: nested plain objects and arrays whose leaves are of one kind.
 * Parameters, gradients, optimizer states and their files are all trees of the same shape, so that
 * averaging, decay, checkpoints and imports are each one map.
 *
 * A leaf is whatever is neither an array nor a plain object (a tensor, a number, a typed array).
 * Order is the order of keys as written, which is stable: flattening twice gives the same order.
 */
import { ArgumentError } from './errors/index.js';
import type { Tensor } from './tfjs.js';

/** A leaf, or a plain object or array of trees. */
/** A tree whose leaves are of type T. */
export type Tree<T> = T | readonly Tree<T>[] | { readonly [name: string]: Tree<T> };

/** Parameters of a network, their gradients or an optimizer's moments: a tree of tensors. */
export type Params = Tree<Tensor>;

/** `P` with every leaf replaced by `U`: keeps the names and the nesting in the type. */
export type MapTree<P, T, U> = P extends T
  ? U
  : P extends readonly unknown[]
    ? { readonly [K in keyof P]: MapTree<P[K], T, U> }
    : P extends object
      ? { readonly [K in keyof P]: MapTree<P[K], T, U> }
      : never;

/** A leaf and where it is. */
export interface TreeEntry<T> {
  /** Names and indices joined by dots: `decoder.blocks.0.weight`. */
  readonly path: string;
  /** The value there. */
  readonly leaf: T;
}

function isBranch(node: unknown): node is Record<string, unknown> | readonly unknown[] {
  if (Array.isArray(node)) return true;
  if (node === null || typeof node !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(node);
  return prototype === Object.prototype || prototype === null;
}

function visit(node: unknown, path: string, onLeaf: (leaf: unknown, path: string) => void): void {
  if (!isBranch(node)) {
    onLeaf(node, path);
    return;
  }
  for (const [key, child] of Object.entries(node)) {
    if (child === undefined) continue;
    visit(child, path === '' ? key : `${path}.${key}`, onLeaf);
  }
}

/** All leaves with their paths, depth first. Keys whose value is `undefined` are absent. */
export function treeEntries<T>(tree: Tree<T>): TreeEntry<T>[] {
  const entries: TreeEntry<T>[] = [];
  visit(tree, '', (leaf, path) => entries.push({ path, leaf: leaf as T }));
  return entries;
}

/** All leaves, depth first. */
export function treeLeaves<T>(tree: Tree<T>): T[] {
  const leaves: T[] = [];
  collect(tree, leaves);
  return leaves;
}

/** As `visit`, without the paths: leaves are asked for many times in a training step. */
function collect<T>(node: unknown, leaves: T[]): void {
  if (!isBranch(node)) leaves.push(node as T);
  else for (const child of Object.values(node)) if (child !== undefined) collect(child, leaves);
}

function mapNode(node: unknown, path: string, f: (leaf: unknown, path: string) => unknown): unknown {
  if (!isBranch(node)) return f(node, path);
  const join = (key: string | number): string => (path === '' ? String(key) : `${path}.${key}`);
  if (Array.isArray(node)) return node.map((child, i) => mapNode(child, join(i), f));
  const mapped: Record<string, unknown> = {};
  // No lists of entries: trees are mapped many times in a training step.
  for (const key of Object.keys(node)) {
    const child = (node as Record<string, unknown>)[key];
    if (child !== undefined) define(mapped, key, mapNode(child, join(key), f));
  }
  return mapped;
}

/** By assignment, but for a key that is called `__proto__`. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
  else object[key] = value;
}

/** Applies `f` to every leaf; the result has the tree's names and nesting. */
export function treeMap<T, U, P extends Tree<T>>(tree: P & Tree<T>, f: (leaf: T, path: string) => U): MapTree<P, T, U> {
  return mapNode(tree, '', f as (leaf: unknown, path: string) => unknown) as MapTree<P, T, U>;
}

/** Replaces every leaf by one of the same kind; the result is of the tree's own type. */
export function treeUpdate<T, P extends Tree<T>>(tree: P, f: (leaf: T, path: string) => T): P {
  return mapNode(tree, '', f as (leaf: unknown, path: string) => unknown) as P;
}

/**
 * Puts `leaves` (in `treeLeaves` order) into the shape of `like`.
 * @throws ArgumentError when the counts differ.
 */
export function treeUnflatten<U>(like: Tree<unknown>, leaves: readonly U[]): Tree<U> {
  let next = 0;
  const result = mapNode(like, '', () => leaves[next++]);
  if (next !== leaves.length) {
    throw new ArgumentError(`The tree has ${next} leaves, but there are ${leaves.length} values to fill it.`);
  }
  return result as Tree<U>;
}

/**
 * Applies `f` to the leaves of several trees at the same place.
 * @throws ArgumentError when a tree lacks a leaf of the first or has one more; names the path.
 */
export function treeZip<T, P extends Tree<T>, U, R>(
  tree: P & Tree<T>,
  other: Tree<U>,
  f: (leaf: T, otherLeaf: U, path: string) => R,
): MapTree<P, T, R> {
  const others = new Map(treeEntries<U>(other).map((entry) => [entry.path, entry.leaf]));
  const result = treeMap<T, R, P>(tree, (leaf, path) => {
    if (!others.has(path)) throw new ArgumentError(`The second tree has no leaf '${path}', which the first has.`);
    const otherLeaf = others.get(path) as U;
    others.delete(path);
    return f(leaf, otherLeaf, path);
  });
  const extra = others.keys().next();
  if (extra.done !== true) throw new ArgumentError(`The second tree has a leaf '${extra.value}', which the first lacks.`);
  return result;
}
