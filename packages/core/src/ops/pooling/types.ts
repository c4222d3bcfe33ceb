import type { Tensor4D } from '../../tfjs.js';

/** All options of `averagePool2d`, resolved. */
export interface AverageWindow {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
  readonly countIncludePad: boolean;
}

/** One implementation of `averagePool2d`: what every backend's version has to provide. */
export interface AveragePoolKernels {
  forward(x: Tensor4D, window: AverageWindow): Tensor4D;
  backward(dy: Tensor4D, inputShape: readonly [number, number, number, number], window: AverageWindow): Tensor4D;
}

/** All options of `maxPool2d`, resolved. */
export interface MaxWindow {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
  readonly partial: boolean;
}

/** One implementation of `maxPool2d`: what every backend's version has to provide. */
export interface MaxPoolKernels {
  forward(x: Tensor4D, window: MaxWindow): Tensor4D;
  backward(x: Tensor4D, dy: Tensor4D, window: MaxWindow): Tensor4D;
}
