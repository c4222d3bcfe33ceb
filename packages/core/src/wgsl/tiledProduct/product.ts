/** A tiled product before its tile is known: as a kernel asks for it, and as it is measured. */
import type { Program, TensorStorage, Uniform, Workgroups } from '../program.js';
import { tiledProductCode } from './tiledProduct.js';
import { type ProductSize, type Tile, tileName } from './tiles.js';

export interface Product extends ProductSize {
  /** The key of its program without the tile. */
  readonly key: string;
  /** The length of its sums. */
  readonly k: number;
  /** See `TiledProduct`. */
  readonly declarations: () => string;
  /** See `Program`; of them, the key names those that may differ. */
  readonly storages?: readonly TensorStorage[];
  /** What a dispatch takes. */
  readonly bind: (tile: Tile) => Bound;
}

export interface Bound {
  /** The shapes of the tensors, in the order of their bindings. */
  readonly shapes: readonly (readonly number[])[];
  readonly uniforms: readonly Uniform[];
  /** Workgroups along z, where that is not the product's `layers`: its parts of k then are not as many for every tile. */
  readonly layers?: number;
}

/** Everything that one dispatch of a program needs, but for the tensors themselves. */
export interface Dispatch extends Omit<Bound, 'layers'> {
  readonly program: Program;
  readonly workgroups: Workgroups;
}

/** The dispatch that computes the product with that tile. */
export function dispatchOf(product: Product, tile: Tile): Dispatch {
  const { m, n, over, declarations, storages, bind } = product;
  const { shapes, uniforms, layers = product.layers } = bind(tile);
  return {
    program: { key: programKey(product, tile), code: () => tiledProductCode({ tile, over, declarations: declarations() }), storages },
    shapes,
    uniforms,
    workgroups: [Math.ceil(m / tile.m), Math.ceil(n / tile.n), layers],
  };
}

/** The key of the product's program with that tile. */
export const programKey = ({ key }: Product, tile: Tile): string => `${key} ${tileName(tile)}`;

/** Names a product and all that its time depends on. */
export const productKey = ({ key, m, n, k, layers }: Product): string => `${key} ${m}x${n}x${k} ×${layers}`;
