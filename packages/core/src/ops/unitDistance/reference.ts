import { type Array64, get, sizes4, zeros } from '../shared/reference.js';

/** The factor that gives the vector at `from` unit length. */
function inverseNorm(x: Array64, from: number, channels: number): number {
  let square = 0;
  for (let c = 0; c < channels; c++) square += get(x, from + c) ** 2;
  return 1 / (Math.sqrt(square) + 1e-10);
}

/** The mean over places of Σ_c w_c (x̂_c − ŷ_c)², of each image. */
export function unitDistanceReference(x: Array64, y: Array64, weights: Array64): Array64 {
  const [images, height, width, channels] = sizes4(x);
  const out = zeros([images]);
  for (let image = 0; image < images; image++) {
    let sum = 0;
    for (let place = 0; place < height * width; place++) {
      const from = (image * height * width + place) * channels;
      const [p, q] = [inverseNorm(x, from, channels), inverseNorm(y, from, channels)];
      for (let c = 0; c < channels; c++) sum += get(weights, c) * (get(x, from + c) * p - get(y, from + c) * q) ** 2;
    }
    out.data[image] = sum / (height * width);
  }
  return out;
}
