/**
 * Which convolutions go by way of points, and as what. Four kinds become the same small convolution of stride 1:
 *
 *   kind          taps  input phases  output phases
 *   3×3                  3×3        1             1     as it is: F(4×4, 3×3), 36 products instead of 144
 *   4×4, stride 2        2×2        4             1     even and odd rows and columns of the input are 4 images of 4 C channels:
 *                                                       F(5×5, 2×2), 36 products instead of 100
 *   ×2 up, 5×5           3×3        1             4     even and odd rows and columns of the output are 4 filters of 3×3 on the
 *                                                       small input (sums of the 5×5 taps that read the same cell), 36 instead of 400
 *   5×5                  5×5        1             1     as it is: F(2×2, 5×5), 36 products instead of 100
 *
 * Channels of the small convolution: (input phase, c) and (output phase, o).
 */
import { roundUp } from '../conv/gemm';
import { Geometry } from '../conv/geometry';
import { POINTS } from './transforms';

export const SAME_3X3: i32 = 0;
export const STRIDE_2_4X4: i32 = 1;
export const UP_2_5X5: i32 = 2;
export const SAME_5X5: i32 = 3;

/**
 * What transforming a filter costs for each pair of channels, in multiply-adds, when it serves some four times before it
 * changes. Decides where few tiles make the direct way better.
 */
const TRANSFORM_COST: i32 = 100;
/** Fewest channels on either side of a 5×5: its tiles are small, and their transforms are shared by the products of few channels. */
const FEWEST_OF_5X5: i32 = 16;
/** Fewest tiles for a filter gradient: they are the length of its sums. */
const FEWEST_TILES: i32 = 9;

/** The kind of a convolution by its window, or -1. */
function kindOf(g: Geometry): i32 {
  const c = g.channels, o = g.outputs, k = g.kernelHeight;
  if (k != g.kernelWidth || g.padTop != g.padLeft || g.upY != g.upX || (c & 3) != 0 || (o & 3) != 0 || c < 8 || o < 8) return -1;
  if (k == 3 && g.stride == 1 && g.upY == 1) return SAME_3X3;
  if (k == 4 && g.stride == 2 && g.upY == 1) return STRIDE_2_4X4;
  if (k != 5 || g.stride != 1) return -1;
  if (g.upY == 1) return c >= FEWEST_OF_5X5 && o >= FEWEST_OF_5X5 ? SAME_5X5 : -1;
  return g.upY == 2 && g.padTop == 2 ? UP_2_5X5 : -1;
}

/** The kind of a convolution, or -1 for one that is not (worth) done this way. */
export function winogradKind(g: Geometry, filterGrad: bool): i32 {
  const kind = kindOf(g);
  if (kind < 0 || (kind == UP_2_5X5 && (g.height < 2 || g.width < 2))) return -1;
  const m = kind == STRIDE_2_4X4 ? 5 : kind == SAME_5X5 ? 2 : 4, step = kind == UP_2_5X5 ? 2 : 1;
  const tiles = g.samples * ((g.outHeight / step + m - 1) / m) * ((g.outWidth / step + m - 1) / m);
  if (filterGrad && tiles < FEWEST_TILES) return -1;
  const filters = kind == SAME_3X3 || kind == SAME_5X5 ? 1 : 4, here = filters * (roundUp(tiles, 6) * POINTS + TRANSFORM_COST);
  const direct = g.samples * g.outHeight * g.outWidth * g.kernelHeight * g.kernelWidth;
  return here < direct ? kind : -1;
}
