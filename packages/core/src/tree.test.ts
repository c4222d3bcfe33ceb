import { describe, expect, test } from 'vitest';
import { ArgumentError } from './errors/index.js';
import { treeEntries, treeLeaves, treeMap, treeUnflatten, treeUpdate, treeZip } from './tree.js';

const tree = { enc: [{ w: 1, b: 2 }, { w: 3 }], dec: { out: 4 } };

describe('walking', () => {
  test('leaves come depth first, with dotted paths, in the order that keys were written', () => {
    expect(treeEntries<number>(tree)).toEqual([
      { path: 'enc.0.w', leaf: 1 },
      { path: 'enc.0.b', leaf: 2 },
      { path: 'enc.1.w', leaf: 3 },
      { path: 'dec.out', leaf: 4 },
    ]);
    expect(treeLeaves<number>(tree)).toEqual([1, 2, 3, 4]);
  });

  test('a leaf alone is a tree with an empty path; empty branches have none', () => {
    expect(treeEntries<number>(5)).toEqual([{ path: '', leaf: 5 }]);
    expect(treeLeaves<number>({ a: [], b: {} })).toEqual([]);
  });

  test('instances of classes, typed arrays and null are leaves', () => {
    const [array, date] = [new Float32Array(2), new Date(0)];
    expect(treeLeaves<unknown>({ a: array, b: [date, null] })).toEqual([array, date, null]);
  });

  test('an undefined entry is absent, and stays so in a map', () => {
    const partial = { a: 1, bias: undefined as unknown as number };
    expect(treeLeaves<number>(partial)).toEqual([1]);
    expect(Object.keys(treeMap<number, number, typeof partial>(partial, (x) => x))).toEqual(['a']);
  });
});

describe('mapping', () => {
  test('keeps names and nesting, and gives each leaf its path', () => {
    const paths: string[] = [];
    const mapped = treeMap<number, string, typeof tree>(tree, (leaf, path) => {
      paths.push(path);
      return `#${leaf}`;
    });
    expect(mapped).toEqual({ enc: [{ w: '#1', b: '#2' }, { w: '#3' }], dec: { out: '#4' } });
    expect(paths).toEqual(['enc.0.w', 'enc.0.b', 'enc.1.w', 'dec.out']);
    expect(treeUpdate<number, typeof tree>(tree, (leaf) => leaf + 1)).toEqual({ enc: [{ w: 2, b: 3 }, { w: 4 }], dec: { out: 5 } });
    expect(tree.dec.out).toBe(4);
  });

  test('a key called __proto__ is a key', () => {
    const hostile = JSON.parse('{"__proto__": {"w": 1}, "constructor": 2}') as Record<string, never>;
    const mapped = treeMap<number, number, never>(hostile as never, (x) => x * 10) as object;
    expect(Object.keys(mapped)).toEqual(['__proto__', 'constructor']);
    expect(treeEntries<number>(mapped as never)).toEqual([{ path: '__proto__.w', leaf: 10 }, { path: 'constructor', leaf: 20 }]);
    expect(Object.getPrototypeOf(mapped)).toBe(Object.prototype);
  });
});

describe('putting together', () => {
  test('unflatten is the inverse of leaves, and checks the count', () => {
    expect(treeUnflatten(tree, treeLeaves<number>(tree))).toEqual(tree);
    expect(() => treeUnflatten(tree, [1, 2, 3])).toThrow(new ArgumentError('The tree has 4 leaves, but there are 3 values to fill it.'));
    expect(() => treeUnflatten(tree, [1, 2, 3, 4, 5])).toThrow('The tree has 4 leaves, but there are 5 values to fill it.');
  });

  test('zip goes by place, not by the order of keys', () => {
    const zipped = treeZip<number, typeof tree, number, number>(tree, { dec: { out: 40 }, enc: [{ b: 20, w: 10 }, { w: 30 }] }, (a, b) => a + b);
    expect(zipped).toEqual({ enc: [{ w: 11, b: 22 }, { w: 33 }], dec: { out: 44 } });
  });

  test('zip names the place where the trees differ', () => {
    const zip = (other: never) => () => treeZip<number, typeof tree, number, number>(tree, other, (a) => a);
    expect(zip({ enc: [{ w: 1, b: 2 }], dec: { out: 4 } } as never)).toThrow("The second tree has no leaf 'enc.1.w', which the first has.");
    expect(zip({ ...tree, extra: 1 } as never)).toThrow("The second tree has a leaf 'extra', which the first lacks.");
    expect(zip({ ...tree, extra: 1 } as never)).toThrow(ArgumentError);
  });
});
