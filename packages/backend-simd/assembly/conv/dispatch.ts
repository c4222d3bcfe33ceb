/**
 * Which algorithm a convolution takes. The choice depends on shapes alone. `u` is room for the transformed filter
 * (transformedFilterBytes), which the host keeps while the filter lives: `ready` says that it is there.
 */
import { convDataGrad } from "./dataGrad";
import { convFilterGrad } from "./filterGrad";
import { convForward } from "./forward";
import { fromImageFilterGrad, toImageFilterGrad } from "../image/filterGrad";
import { convolveImage, imageDataGrad } from "../image/fromImage";
import { convolveToImage, imageGrad } from "../image/toImage";
import { winogradDataGrad, winogradFilterGrad, winogradForward, winogradKind } from "../winograd/convolution";

/** Most channels of an image, fewest of the other side, and fewest taps, for which `image/` pays. */
const NARROW: i32 = 4;
const WIDE: i32 = 8;
const TAPS: i32 = 4;

function isImage(narrow: i32, wide: i32, kh: i32, kw: i32): bool {
  return narrow <= NARROW && wide >= WIDE && kh * kw >= TAPS;
}

export function convolve(
  x: usize, n: i32, h: i32, w: i32, c: i32, filter: usize, kh: i32, kw: i32, o: i32, bias: usize, y: usize,
  stride: i32, padTop: i32, padLeft: i32, outH: i32, outW: i32, padMode: i32, up: i32, activation: i32, slope: f32,
  u: usize, ready: i32,
): void {
  const kind = winogradKind(n, h, w, c, kh, kw, o, stride, padTop, padLeft, outH, outW, up, false);
  if (kind >= 0) winogradForward(kind, x, n, h, w, c, filter, o, bias, y, padTop, outH, outW, padMode, activation, slope, u, ready);
  else if (isImage(c, o, kh, kw)) {
    convolveImage(x, n, h, w, c, filter, kh, kw, o, bias, y, stride, padTop, padLeft, outH, outW, padMode, up, activation, slope);
  } else if (stride == 1 && isImage(o, c, kh, kw)) {
    convolveToImage(x, n, h, w, c, filter, kh, kw, o, bias, y, stride, padTop, padLeft, outH, outW, padMode, up, activation, slope);
  } else convForward(x, n, h, w, c, filter, kh, kw, o, bias, y, stride, padTop, padLeft, outH, outW, padMode, up, activation, slope);
}

export function convolveDataGrad(
  dx: usize, n: i32, h: i32, w: i32, c: i32, filter: usize, kh: i32, kw: i32, o: i32, dy: usize,
  stride: i32, padTop: i32, padLeft: i32, outH: i32, outW: i32, padMode: i32, up: i32, u: usize, ready: i32,
): void {
  const kind = winogradKind(n, h, w, c, kh, kw, o, stride, padTop, padLeft, outH, outW, up, false);
  if (kind >= 0) winogradDataGrad(kind, dx, n, h, w, c, filter, o, dy, padTop, outH, outW, padMode, u, ready);
  else if (isImage(c, o, kh, kw)) {
    imageGrad(dx, n, h, w, c, filter, kh, kw, o, dy, stride, padTop, padLeft, outH, outW, padMode, up);
  } else if (stride == 1 && isImage(o, c, kh, kw)) {
    imageDataGrad(dx, n, h, w, c, filter, kh, kw, o, dy, padTop, padLeft, outH, outW, padMode, up);
  } else convDataGrad(dx, n, h, w, c, filter, kh, kw, o, dy, stride, padTop, padLeft, outH, outW, padMode, up, up);
}

export function convolveFilterGrad(
  x: usize, n: i32, h: i32, w: i32, c: i32, dw: usize, kh: i32, kw: i32, o: i32, dy: usize,
  stride: i32, padTop: i32, padLeft: i32, outH: i32, outW: i32, padMode: i32, up: i32,
): void {
  const kind = winogradKind(n, h, w, c, kh, kw, o, stride, padTop, padLeft, outH, outW, up, true);
  if (kind >= 0) winogradFilterGrad(kind, x, n, h, w, c, dw, o, dy, padTop, outH, outW, padMode);
  else if (isImage(c, o, kh, kw)) {
    fromImageFilterGrad(x, n, h, w, c, dw, kh, kw, o, dy, stride, padTop, padLeft, outH, outW, padMode, up);
  } else if (stride == 1 && isImage(o, c, kh, kw)) {
    toImageFilterGrad(x, n, h, w, c, dw, kh, kw, o, dy, padTop, padLeft, outH, outW, padMode, up);
  } else convFilterGrad(x, n, h, w, c, dw, kh, kw, o, dy, stride, padTop, padLeft, outH, outW, padMode, up, up);
}
