export interface Tile {
  readonly m: number;
  readonly n: number;
  /** Results of one invocation: this many rows of four. */
  readonly rows: number;
  /** Whether it is for products of many columns that fill the GPU. */
  readonly large: boolean;
}

/** For many columns, for ever fewer, and for so few results that large tiles would leave most of the GPU idle. */
const tiles = {
  wide: { m: 64, n: 64, rows: 8, large: true },
  half: { m: 64, n: 32, rows: 4, large: true },
  quarter: { m: 128, n: 16, rows: 4, large: false },
  eight: { m: 128, n: 8, rows: 4, large: false },
  four: { m: 128, n: 4, rows: 4, large: false },
  few: { m: 32, n: 32, rows: 4, large: false },
  tiny: { m: 32, n: 8, rows: 1, large: false },
} as const satisfies Record<string, Tile>;

/** Fewer workgroups than this leave a large GPU partly idle. */
const enoughWorkgroups = 128;

/** The tile for a product of `m` rows and `n` columns that is computed `count` times side by side. */
export function chooseTile(m: number, n: number, count: number): Tile {
  if (n <= 4) return tiles.four;
  if (m <= 4 * tiles.tiny.m && n <= 16) return tiles.tiny;
  if (n <= 8) return tiles.eight;
  if (n <= 16) return tiles.quarter;
  const large = n <= 32 ? tiles.half : tiles.wide;
  const groups = Math.ceil(m / large.m) * Math.ceil(n / large.n) * count;
  return groups >= enoughWorkgroups ? large : tiles.few;
}
