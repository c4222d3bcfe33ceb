import { accumulate, type Array64, get, scalar64, sizes2, zeros } from '../shared/reference.js';

/** ‖xᵢ − yⱼ‖². */
function squaredDistance(x: Array64, i: number, y: Array64, j: number): number {
  const [, f] = sizes2(x);
  let sum = 0;
  for (let k = 0; k < f; k++) sum += (get(x, i * f + k) - get(y, j * f + k)) ** 2;
  return sum;
}

/** The mean of C / (C + ‖xᵢ − yⱼ‖²). */
export const kernelMeanReference = {
  forward(x: Array64, y: Array64, constant: number): Array64 {
    const [[n], [m]] = [sizes2(x), sizes2(y)];
    let sum = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) sum += constant / (constant + squaredDistance(x, i, y, j));
    return scalar64(sum / (n * m));
  },
  backward(x: Array64, y: Array64, constant: number, dy: Array64): { x: Array64; y: Array64 } {
    const [[n, f], [m]] = [sizes2(x), sizes2(y)];
    const [dx, dyOut] = [zeros(x.shape), zeros(y.shape)];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        const slope = (-2 * constant * get(dy, 0)) / (n * m * (constant + squaredDistance(x, i, y, j)) ** 2);
        for (let k = 0; k < f; k++) {
          const difference = get(x, i * f + k) - get(y, j * f + k);
          accumulate(dx, i * f + k, slope * difference);
          accumulate(dyOut, j * f + k, -slope * difference);
        }
      }
    }
    return { x: dx, y: dyOut };
  },
};
