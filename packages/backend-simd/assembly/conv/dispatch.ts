/**
 * Which algorithm a convolution takes. The choice depends on shapes alone. `u` is room for the transformed filter
 * (transformedFilterBytes), which the host keeps while the filter lives: `ready` says that it is there.
 */
import { convDataGrad } from "./dataGrad";
import { convFilterGrad } from "./filterGrad";
import { convForward } from "./forward";
import { isNarrow, narrowDataGrad, narrowForward } from "./narrow";
import { narrowFilterGrad } from "./narrowFilterGrad";
import { winogradDataGrad, winogradFilterGrad, winogradForward, winogradKind } from "../winograd/convolution";

export function convolve(
  x: usize, n: i32, h: i32, w: i32, c: i32, filter: usize, kh: i32, kw: i32, o: i32, bias: usize, y: usize,
  stride: i32, padTop: i32, padLeft: i32, outH: i32, outW: i32, padMode: i32, up: i32, activation: i32, slope: f32,
  u: usize, ready: i32,
): void {
  const kind = winogradKind(n, h, w, c, kh, kw, o, stride, padTop, padLeft, outH, outW, up, false);
  if (kind >= 0) winogradForward(kind, x, n, h, w, c, filter, o, bias, y, padTop, outH, outW, padMode, activation, slope, u, ready);
  else if (stride == 1 && up == 1 && isNarrow(o, c, kh, kw)) {
    narrowForward(x, n, h, w, c, filter, kh, kw, o, bias, y, padTop, padLeft, outH, outW, padMode, activation, slope);
  } else convForward(x, n, h, w, c, filter, kh, kw, o, bias, y, stride, padTop, padLeft, outH, outW, padMode, up, activation, slope);
}

export function convolveDataGrad(
  dx: usize, n: i32, h: i32, w: i32, c: i32, filter: usize, kh: i32, kw: i32, o: i32, dy: usize,
  stride: i32, padTop: i32, padLeft: i32, outH: i32, outW: i32, padMode: i32, up: i32, u: usize, ready: i32,
): void {
  const kind = winogradKind(n, h, w, c, kh, kw, o, stride, padTop, padLeft, outH, outW, up, false);
  if (kind >= 0) winogradDataGrad(kind, dx, n, h, w, c, filter, o, dy, padTop, outH, outW, padMode, u, ready);
  else if (isNarrow(c, o, kh, kw)) {
    narrowDataGrad(dx, n, h, w, c, filter, kh, kw, o, dy, stride, padTop, padLeft, outH, outW, padMode, up);
  } else convDataGrad(dx, n, h, w, c, filter, kh, kw, o, dy, stride, padTop, padLeft, outH, outW, padMode, up, up);
}

export function convolveFilterGrad(
  x: usize, n: i32, h: i32, w: i32, c: i32, dw: usize, kh: i32, kw: i32, o: i32, dy: usize,
  stride: i32, padTop: i32, padLeft: i32, outH: i32, outW: i32, padMode: i32, up: i32,
): void {
  const kind = winogradKind(n, h, w, c, kh, kw, o, stride, padTop, padLeft, outH, outW, up, true);
  if (kind >= 0) winogradFilterGrad(kind, x, n, h, w, c, dw, o, dy, padTop, outH, outW, padMode);
  else if (stride == 1 && up == 1 && isNarrow(o, c, kh, kw)) {
    narrowFilterGrad(x, n, h, w, c, dw, kh, kw, o, dy, padTop, padLeft, outH, outW, padMode);
  } else convFilterGrad(x, n, h, w, c, dw, kh, kw, o, dy, stride, padTop, padLeft, outH, outW, padMode, up, up);
}
