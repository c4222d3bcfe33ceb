import { differentiable } from '../../autodiff/index.js';
import { ShapeError } from '../../errors/index.js';
import { hasKernel, runKernel, type Tensor, type Tensor4D } from '../../tfjs.js';
import { checkRank } from '../shared/check.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/** One implementation of the op: what every backend's version has to provide. */
export interface MaxPoolKernels {
  forward(x: Tensor4D): Tensor4D;
  backward(x: Tensor4D, dy: Tensor4D): Tensor4D;
}

/**
 * Largest of each 2×2 cell, stride 2, a last odd row or column left out (VGG's pooling):
 * [N, H, W, C] -> [N, ⌊H/2⌋, ⌊W/2⌋, C]. NaN wins, as in PyTorch; the gradient goes to the largest, to the first of equal ones.
 * @throws ShapeError when H or W is below 2
 */
export function maxPool2d(x: Tensor4D): Tensor4D {
  return maxPool2dBy(hasFusedMaxPool() ? fusedMaxPool : composedMaxPool, x);
}

/** The op by a given implementation; `maxPool2d` picks the best one of the backend in use. */
export function maxPool2dBy(kernels: MaxPoolKernels, x: Tensor4D): Tensor4D {
  checkRank('maxPool2d', 'x', x, 4, '[N, H, W, C]');
  if (x.shape[1] < 2 || x.shape[2] < 2) {
    throw new ShapeError(`maxPool2d: the input must be at least 2×2, but it is ${x.shape[1]}×${x.shape[2]}.`, { remedy: 'Use a larger image.' });
  }
  return differentiable<Tensor4D>({
    name: 'maxPool2d',
    inputs: [x],
    forward: () => kernels.forward(x),
    backward: ({ dy }) => [kernels.backward(x, dy)],
    // Which cell is the largest is constant: 1 there and 0 elsewhere.
    pullback: ({ dy }) => [prim.mul(everyCell(dy, x.shape), kernels.backward(x, raw.fill(dy.shape, 1) as Tensor4D))],
  });
}

/** Each value at all four cells of its window, 0 outside of the windows. */
function everyCell(y: Tensor4D, [n, h, w, c]: Tensor4D['shape']): Tensor4D {
  const [halfHeight, halfWidth] = [Math.floor(h / 2), Math.floor(w / 2)];
  const rows = prim.broadcastTo(prim.reshape(y, [n * halfHeight, 1, halfWidth * c]), [n * halfHeight, 2, halfWidth * c]);
  const cells = prim.broadcastTo(prim.reshape(rows, [n * 2 * halfHeight * halfWidth, 1, c]), [n * 2 * halfHeight * halfWidth, 2, c]);
  return prim.pad<Tensor4D>(prim.reshape(cells, [n, 2 * halfHeight, 2 * halfWidth, c]), [[0, 0], [0, h % 2], [0, w % 2], [0, 0]]);
}

/** Not TensorFlow.js's `MaxPool`: that drops NaN, and on WebGPU its gradient goes to the last of equal cells. */
export const hasFusedMaxPool = (): boolean => hasKernel('MaxPool2DCells') && hasKernel('MaxPool2DCellsGrad');

export const fusedMaxPool: MaxPoolKernels = {
  forward: (x) => runKernel<Tensor4D>('MaxPool2DCells', { x }),
  backward: (x, dy) => runKernel<Tensor4D>('MaxPool2DCellsGrad', { x, dy }),
};

type Corners = readonly [topLeft: Tensor, topRight: Tensor, bottomLeft: Tensor, bottomRight: Tensor];

/** The four cells of every window, each [N H/2, 1, W/2, C]. */
function cornersOf(x: Tensor4D): Corners {
  const [n, h, w, c] = x.shape;
  const [halfHeight, halfWidth] = [Math.floor(h / 2), Math.floor(w / 2)];
  const even = h % 2 === 0 && w % 2 === 0 ? x : raw.slice(x, [0, 0, 0, 0], [n, 2 * halfHeight, 2 * halfWidth, c]);
  const cells = raw.reshape(even, [n * halfHeight, 2, halfWidth, 2 * c]);
  const corner = (row: number, column: number): Tensor => raw.slice(cells, [0, row, 0, column * c], [n * halfHeight, 1, halfWidth, c]);
  return [corner(0, 0), corner(0, 1), corner(1, 0), corner(1, 1)];
}

export const composedMaxPool: MaxPoolKernels = {
  forward(x) {
    const [n, h, w, c] = x.shape;
    const [topLeft, topRight, bottomLeft, bottomRight] = cornersOf(x);
    const largest = raw.maximum(raw.maximum(topLeft, topRight), raw.maximum(bottomLeft, bottomRight));
    return raw.reshape(largest, [n, Math.floor(h / 2), Math.floor(w / 2), c]);
  },

  // A knock-out: the later cell wins only when it is strictly larger.
  backward(x, dy) {
    const [n, h, w, c] = x.shape;
    const [topLeft, topRight, bottomLeft, bottomRight] = cornersOf(x);
    const wins = (later: Tensor, earlier: Tensor): Tensor => raw.step(raw.sub(later, earlier), 0);
    const split = (d: Tensor, laterWins: Tensor): [earlier: Tensor, later: Tensor] => {
      const later = raw.mul(d, laterWins);
      return [raw.sub(d, later), later];
    };
    const bottomWins = wins(raw.maximum(bottomLeft, bottomRight), raw.maximum(topLeft, topRight));
    const [dTop, dBottom] = split(raw.reshape(dy, topLeft.shape), bottomWins);
    const rows = [
      raw.concat(split(dTop, wins(topRight, topLeft)), 3),
      raw.concat(split(dBottom, wins(bottomRight, bottomLeft)), 3),
    ];
    const even = raw.reshape(raw.concat(rows, 1), [n, h - (h % 2), w - (w % 2), c]);
    return (h % 2 === 0 && w % 2 === 0 ? even : raw.pad(even, [[0, 0], [0, h % 2], [0, w % 2], [0, 0]])) as Tensor4D;
  },
};
