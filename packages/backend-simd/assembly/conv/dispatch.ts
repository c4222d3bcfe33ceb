/**
 * Which algorithm a convolution takes. The choice depends on the shapes alone (and on the pass), and is made once, in `plan`.
 * The host writes the geometry first (geometry.ts).
 */
import { convDataGrad } from './dataGrad';
import { convFilterGrad } from './filterGrad';
import { convForward } from './forward';
import { Geometry, geometry } from './geometry';
import { narrowInputForward, narrowOutputDataGrad } from './narrow/fromNarrow';
import { narrowInputDataGrad, narrowOutputForward } from './narrow/toNarrow';
import { narrowInputFilterGrad, narrowOutputFilterGrad } from './narrow/filterGrad';
import { isPointwise, pointwiseDataGrad, pointwiseForward } from './pointwise';
import { winogradDataGrad, winogradFilterBytes, winogradFilterGrad, winogradForward } from '../winograd/convolution';
import { winogradKind } from '../winograd/kinds';

/** Passes of a convolution: keep in step with `src/kernels/conv.ts`. */
const FORWARD: i32 = 0;
const DATA_GRAD: i32 = 1;
const FILTER_GRAD: i32 = 2;

/** Algorithms besides Winograd's, whose kinds are 0 to 3. */
const NARROW_INPUT: i32 = 8;
const NARROW_OUTPUT: i32 = 9;
const DIRECT: i32 = 10;
const POINTWISE: i32 = 11;

/** Most channels of the narrow side, fewest of the other one, and fewest taps, for which `narrow/` pays. */
const NARROW: i32 = 4;
const WIDE: i32 = 8;
const TAPS: i32 = 4;

function isNarrow(narrow: i32, wide: i32, g: Geometry): bool {
  return narrow <= NARROW && wide >= WIDE && g.kernelHeight * g.kernelWidth >= TAPS;
}

/**
 * Chooses the algorithm of one pass. Returns the bytes that the transformed filter takes, or 0 where none is needed: the host keeps it
 * while the filter lives, and passes its address and whether it is there already (`ready`).
 */
export function planConvolution(pass: i32): usize {
  const g = geometry(), kind = winogradKind(g, pass == FILTER_GRAD);
  if (kind >= 0) {
    g.algorithm = kind;
    return pass == FILTER_GRAD ? 0 : winogradFilterBytes(g, pass == DATA_GRAD);
  }
  if (pass != FILTER_GRAD && isPointwise(g)) g.algorithm = POINTWISE;
  else if (isNarrow(g.channels, g.outputs, g)) g.algorithm = NARROW_INPUT;
  else g.algorithm = g.stride == 1 && isNarrow(g.outputs, g.channels, g) ? NARROW_OUTPUT : DIRECT;
  return 0;
}

/** y = act(conv(x) + bias), as planned. */
export function convolve(
  x: usize, filter: usize, bias: usize, y: usize, activation: i32, slope: f32, transformed: usize, ready: i32,
): void {
  const g = geometry();
  if (g.algorithm == NARROW_INPUT) narrowInputForward(g, x, filter, bias, y, activation, slope);
  else if (g.algorithm == NARROW_OUTPUT) narrowOutputForward(g, x, filter, bias, y, activation, slope);
  else if (g.algorithm == POINTWISE) pointwiseForward(g, x, filter, bias, y, activation, slope);
  else if (g.algorithm == DIRECT) convForward(g, x, filter, bias, y, activation, slope);
  else winogradForward(g, x, filter, bias, y, activation, slope, transformed, ready);
}

/** dx, as planned. */
export function convolveDataGrad(dx: usize, filter: usize, dy: usize, transformed: usize, ready: i32): void {
  const g = geometry();
  if (g.algorithm == NARROW_INPUT) narrowInputDataGrad(g, dx, filter, dy);
  else if (g.algorithm == NARROW_OUTPUT) narrowOutputDataGrad(g, dx, filter, dy);
  else if (g.algorithm == POINTWISE) pointwiseDataGrad(g, dx, filter, dy);
  else if (g.algorithm == DIRECT) convDataGrad(g, dx, filter, dy);
  else winogradDataGrad(g, dx, filter, dy, transformed, ready);
}

/** dw, as planned. */
export function convolveFilterGrad(x: usize, dw: usize, dy: usize): void {
  const g = geometry();
  if (g.algorithm == NARROW_INPUT) narrowInputFilterGrad(g, x, dw, dy);
  else if (g.algorithm == NARROW_OUTPUT) narrowOutputFilterGrad(g, x, dw, dy);
  else if (g.algorithm == DIRECT) convFilterGrad(g, x, dw, dy);
  else winogradFilterGrad(g, x, dw, dy);
}
