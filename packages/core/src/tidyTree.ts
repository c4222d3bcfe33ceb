import { Tensor, tidy } from './tfjs.js';
import { treeLeaves, type Tree } from './tree.js';

/** `tidy` for a function that returns a tree of tensors: frees what `f` made except the leaves of its result. */
export function tidyTree<R>(f: () => R): R {
  const results: R[] = [];
  tidy(() => {
    const tree = f();
    results.push(tree);
    return tensorsIn(tree);
  });
  return results[0] as R;
}

/** Leaves of other kinds (numbers, names) need no scope. */
const tensorsIn = (tree: unknown): Tensor[] => treeLeaves(tree as Tree<unknown>).filter((leaf): leaf is Tensor => leaf instanceof Tensor);
