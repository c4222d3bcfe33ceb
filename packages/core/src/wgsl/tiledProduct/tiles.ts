/** Which tiles there are for a product: the one that its size suggests, and the few beside it that are worth measuring. */
import type { PartProduct, RunProduct } from './operands.js';

export interface Tile {
  readonly m: number;
  readonly n: number;
  /** Results of one invocation: this many rows of four. */
  readonly rows: number;
  /** Through workgroup memory, or straight from the buffers: the latter for runs only. */
  readonly walk: 'staged' | 'direct';
}

/** What a tile depends on: a product of `m` rows and `n` columns that is computed `layers` times side by side. */
export interface ProductSize {
  readonly m: number;
  readonly n: number;
  readonly layers: number;
  readonly over: RunProduct | PartProduct;
}

/** What a tile must keep within, of a device's limits. */
export type TileLimits = Pick<
  GPUSupportedLimits,
  'maxComputeInvocationsPerWorkgroup' | 'maxComputeWorkgroupSizeX' | 'maxComputeWorkgroupSizeY' | 'maxComputeWorkgroupStorageSize' | 'maxComputeWorkgroupsPerDimension'
>;

/** Short steps along k: workgroup memory is cleared before use, and software adapters translate that value by value. */
export const stepOfK = 8;

/** Changes with the tables below, so that choices among other tiles are not taken for choices among these. */
export const tilesVersion = 1;

type Blocks = Omit<Tile, 'walk'>;
const blocks = (m: number, n: number, rows: number): Blocks => ({ m, n, rows });

interface Suggestion {
  readonly blocks: Blocks;
  /** Whether it is for products of many columns that fill the GPU. */
  readonly large: boolean;
  /** Worth measuring beside it: fewer or more results of an invocation, larger or smaller tiles. */
  readonly beside: readonly Blocks[];
}

/** For many columns, for ever fewer, and for so few results that large tiles would leave most of the GPU idle. */
const suggestions = {
  wide: { blocks: blocks(64, 64, 8), large: true, beside: [blocks(64, 64, 4), blocks(128, 64, 8), blocks(32, 64, 4)] },
  half: { blocks: blocks(64, 32, 4), large: true, beside: [blocks(64, 32, 2), blocks(128, 32, 8), blocks(32, 32, 4)] },
  quarter: { blocks: blocks(128, 16, 4), large: false, beside: [blocks(64, 16, 2), blocks(64, 16, 4), blocks(128, 16, 8)] },
  eight: { blocks: blocks(128, 8, 4), large: false, beside: [blocks(64, 8, 2), blocks(32, 8, 1), blocks(256, 8, 8)] },
  four: { blocks: blocks(128, 4, 4), large: false, beside: [blocks(64, 4, 1), blocks(128, 4, 2), blocks(256, 4, 8)] },
  few: { blocks: blocks(32, 32, 4), large: false, beside: [blocks(32, 32, 2), blocks(64, 32, 4), blocks(16, 32, 2)] },
  tiny: { blocks: blocks(32, 8, 1), large: false, beside: [blocks(16, 8, 1), blocks(32, 8, 2), blocks(32, 16, 1)] },
} as const satisfies Record<string, Suggestion>;

/** An invocation of the direct walk reads each of its rows itself: more of them than this take registers, and compilers very long. */
const mostDirectRows = 4;

/** Fewer workgroups than this leave a large GPU partly idle. */
const enoughWorkgroups = 128;

function suggestionFor({ m, n, layers }: ProductSize): Suggestion {
  if (n <= 4) return suggestions.four;
  if (m <= 4 * suggestions.tiny.blocks.m && n <= 16) return suggestions.tiny;
  if (n <= 8) return suggestions.eight;
  if (n <= 16) return suggestions.quarter;
  const large = n <= 32 ? suggestions.half : suggestions.wide;
  const groups = Math.ceil(m / large.blocks.m) * Math.ceil(n / large.blocks.n) * layers;
  return groups >= enoughWorkgroups ? large : suggestions.few;
}

/**
 * Whether workgroup memory is worth its barriers: not where one row's values serve few columns, nor for a product that does not fill
 * the GPU, whose time is the waiting of one invocation.
 */
function suggestedWalk({ large }: Suggestion, over: ProductSize['over']): Tile['walk'] {
  if (over.kind === 'part') return 'staged';
  return canStage(over) && (large || over.costly === true) ? 'staged' : 'direct';
}

const canStage = (over: RunProduct): boolean => over.length % stepOfK === 0;

/** The tile that a product's size suggests; every device has room for it. */
export function tileBySize(size: ProductSize): Tile {
  const suggestion = suggestionFor(size);
  return { ...suggestion.blocks, walk: suggestedWalk(suggestion, size.over) };
}

/** The tiles worth measuring for a product, two to five, as far as they keep within the limits; the one by size comes first. */
export function candidateTiles(size: ProductSize, limits: TileLimits): readonly Tile[] {
  const first = tileBySize(size);
  const canTurn = size.over.kind === 'runs' && canStage(size.over);
  const turned: Tile = first.walk === 'direct' ? { ...first, walk: 'staged' } : { ...first, rows: Math.min(first.rows, mostDirectRows), walk: 'direct' };
  const beside = suggestionFor(size).beside.map((other): Tile => ({ ...other, walk: first.walk }));
  const others = [...(canTurn ? [turned] : []), ...beside.filter(({ rows, walk }) => walk === 'staged' || rows <= mostDirectRows)];
  return [first, ...others.filter((tile) => fits(tile, size, limits))];
}

/** Names a tile: `64x64/8 staged`. */
export const tileName = ({ m, n, rows, walk }: Tile): string => `${m}x${n}/${rows} ${walk}`;

/** The invocations of a workgroup along both axes. */
export const workgroupSize = ({ m, n, rows }: Tile): readonly [x: number, y: number] => [n / 4, m / rows];

/** The workgroup memory that a tile takes. */
export const workgroupBytes = ({ m, n, walk }: Tile): number => (walk === 'direct' ? 0 : (m + n) * stepOfK * 4);

function fits(tile: Tile, { m, n }: ProductSize, limits: TileLimits): boolean {
  const [x, y] = workgroupSize(tile);
  return (
    x * y <= limits.maxComputeInvocationsPerWorkgroup &&
    x <= limits.maxComputeWorkgroupSizeX &&
    y <= limits.maxComputeWorkgroupSizeY &&
    workgroupBytes(tile) <= limits.maxComputeWorkgroupStorageSize &&
    Math.max(Math.ceil(m / tile.m), Math.ceil(n / tile.n)) <= limits.maxComputeWorkgroupsPerDimension
  );
}
