import { blendWithMean, maskImages, mirrorImages, type Rng, shiftBrightness, type Tensor4D, tensor, translateImages } from '@munit/core';

export type AugmentationKind = 'color' | 'translation' | 'cutout' | 'mirror';

/** Largest move, as a share of the side. */
const translationShare = 0.125;
/** Side of the square that is cut out, as a share of the image's. */
const cutoutShare = 0.5;

/**
 * Draws one differentiable augmentation (Zhao et al. 2020) for a batch of `count` images and gives it as a function
 * of images in [-1, 1], through which gradients flow. Its random part is drawn here, once: use a new one for each batch
 * that the discriminator sees.
 *
 * color: brightness + U(−½, ½), saturation × U(0, 2), contrast × U(½, 1½); translation: up to an eighth of the side;
 * cutout: a grey (0) square of half the side; mirror: left to right, half of the images. The function must be called inside a `tidy`.
 */
export function drawAugmentation(rng: Rng, kinds: readonly AugmentationKind[], count: number, height: number, width: number): (images: Tensor4D) => Tensor4D {
  const steps = kinds.map((kind) => drawStep(rng, kind, count, height, width));
  return (images) => steps.reduce((x, step) => step(x), images);
}

function drawStep(rng: Rng, kind: AugmentationKind, count: number, height: number, width: number): (images: Tensor4D) => Tensor4D {
  const draw = <T>(one: () => T): T[] => Array.from({ length: count }, one);
  switch (kind) {
    case 'color': {
      const brightness = draw(() => rng.uniform() - 0.5);
      const saturation = draw(() => rng.uniform() * 2);
      const contrast = draw(() => rng.uniform() + 0.5);
      return (x) => blendWithMean(blendWithMean(shiftBrightness(x, brightness), 'pixel', saturation), 'sample', contrast);
    }
    case 'translation': {
      const upTo = (side: number): number => {
        const most = Math.floor(side * translationShare + 0.5);
        return rng.integer(2 * most + 1) - most;
      };
      const rows = draw(() => upTo(height));
      const columns = draw(() => upTo(width));
      return (x) => translateImages(x, rows, columns);
    }
    case 'cutout': {
      const mask = new Float32Array(count * height * width).fill(1);
      const [h, w] = [Math.floor(height * cutoutShare + 0.5), Math.floor(width * cutoutShare + 0.5)];
      for (let n = 0; n < count; n++) {
        const top = rng.integer(height + (1 - (h % 2))) - Math.floor(h / 2);
        const left = rng.integer(width + (1 - (w % 2))) - Math.floor(w / 2);
        for (let y = Math.max(0, top); y < Math.min(height, top + h); y++) {
          mask.fill(0, (n * height + y) * width + Math.max(0, left), (n * height + y) * width + Math.min(width, left + w));
        }
      }
      return (x) => maskImages(x, tensor(mask, [count, height, width, 1]) as Tensor4D);
    }
    case 'mirror': {
      const mirrored = draw(() => rng.uniform() < 0.5);
      return (x) => mirrorImages(x, mirrored);
    }
    default:
      return kind satisfies never;
  }
}
