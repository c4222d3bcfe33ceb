/** Answers which tile a product is computed with, and finds out by timing while programs are warmed up. */
import { dispatchOf, type Dispatch, type Product, productKey, programKey } from '../../../wgsl/tiledProduct/product.js';
import { candidateTiles, type Tile, tileBySize, type TileLimits, tileName } from '../../../wgsl/tiledProduct/tiles.js';
import type { TextStore } from '../../platformTypes.js';
import { keepChoices, readChoices } from './choices.js';
import { fastest } from './fastest.js';

/** How the tiles in use were chosen. */
export type TilesChosen = 'measured' | 'remembered' | 'by size';

/** What takes times, in milliseconds. */
export interface Stopwatch {
  now(): number;
  /** The time of each dispatch, with less repetition once the deadline has passed; undefined where one of them cannot run. */
  time(dispatches: readonly Dispatch[], deadline: number): Promise<readonly number[] | undefined>;
}

/** What builds and keeps programs. */
export interface ProgramCache {
  /** Builds the programs of `work`, without running it. */
  compile(work: () => void): Promise<void>;
  /** Lets built programs go. */
  forget(keys: readonly string[]): void;
}

export interface TunerOptions {
  readonly limits: TileLimits;
  readonly stopwatch: Stopwatch;
  readonly store: TextStore;
  /** Under which choices are kept in the store. */
  readonly key: string;
}

export interface Tuner {
  tile(product: Product): Tile;
  chosen(): TilesChosen;
  /** Builds the programs of `work`; where tuning is on, and unless `measures` is false, with the tiles that prove fastest. */
  warmUp(work: () => void, programs: ProgramCache, measures?: boolean): Promise<void>;
}

/**
 * After how many milliseconds a warm-up begins with no further product: those keep the tile by size until the next one. The product that
 * is being measured then is finished, so that every warm-up gets on.
 */
const budget = 2000;

/** Tiles by size, for an adapter that nothing is measured on. */
export const untuned: Tuner = {
  tile: tileBySize,
  chosen: () => 'by size',
  warmUp: (work, programs) => programs.compile(work),
};

interface Asked {
  readonly product: Product;
  times: number;
}

/** @see Tuner */
export async function createTuner({ limits, stopwatch, store, key }: TunerOptions): Promise<Tuner> {
  const names = new Map(await readChoices(store, key));
  const wasKept = names.size > 0;
  const tiles = new Map<string, Tile>();
  /** Every product that was ever warmed up: their programs are needed. */
  const known = new Map<string, Product>();
  let asked: Map<string, Asked> | undefined;
  let hasMeasured = false;

  const chosenTile = (product: Product, of: string): Tile => {
    const before = tiles.get(of);
    if (before !== undefined) return before;
    const name = names.get(of);
    if (name === undefined) return tileBySize(product);
    // A name that means nothing here is as good as none.
    const tile = candidateTiles(product, limits).find((candidate) => tileName(candidate) === name) ?? tileBySize(product);
    tiles.set(of, tile);
    return tile;
  };

  /** Measures the heaviest products first. @returns those whose tile has changed */
  const measure = async (wanted: ReadonlyMap<string, Asked>): Promise<readonly Product[]> => {
    const work = ({ product: { m, n, k, layers }, times }: Asked): number => m * n * k * layers * times;
    const open = [...wanted].filter(([of, found]) => !names.has(of) && work(found) > 0).sort(([, a], [, b]) => work(b) - work(a));
    const deadline = stopwatch.now() + budget;
    const changed: Product[] = [];
    for (const [of, { product }] of open) {
      if (stopwatch.now() >= deadline) break;
      const candidates = candidateTiles(product, limits);
      const times = await stopwatch.time(candidates.map((tile) => dispatchOf(product, tile)), deadline);
      if (times === undefined) continue;
      const best = fastest(times);
      const tile = candidates[best] as Tile;
      hasMeasured = true;
      names.set(of, tileName(tile));
      tiles.set(of, tile);
      if (best > 0) changed.push(product);
    }
    return changed;
  };

  return {
    tile(product) {
      const of = productKey(product);
      const before = asked?.get(of);
      if (before !== undefined) before.times += 1;
      else asked?.set(of, { product, times: 1 });
      return chosenTile(product, of);
    },
    chosen: () => (hasMeasured ? 'measured' : wasKept ? 'remembered' : 'by size'),
    async warmUp(work, programs, measures = true) {
      const wanted = new Map<string, Asked>();
      // `work` runs before `compile` waits: what others ask for meanwhile is not its.
      asked = wanted;
      const compiled = programs.compile(work);
      asked = undefined;
      await compiled;
      for (const [of, { product }] of wanted) known.set(of, product);
      if (!measures) return;
      const before = names.size;
      const changed = await measure(wanted);
      if (names.size > before) await keepChoices(store, key, names);
      if (changed.length === 0) return;
      const needed = new Set([...known].map(([of, product]) => programKey(product, chosenTile(product, of))));
      programs.forget(changed.map((product) => programKey(product, tileBySize(product))).filter((program) => !needed.has(program)));
      // Not only the products' own programs: parts of k that are added up later may be others now.
      await programs.compile(work);
    },
  };
}
