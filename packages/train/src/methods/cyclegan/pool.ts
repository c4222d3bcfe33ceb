/** The pool of past translations that CycleGAN's discriminators are shown besides the newest (`util/image_pool.py`; Shrivastava et al. 2017). */
import { concatBatch, type Rng, scale, sliceBatch, type Tensor4D, tidy } from '@munit/core';

/** What became of a batch: the images to show, and the pool as it is now. The caller owns both; a new tensor each, or undefined for an empty pool. */
export interface PoolAnswer {
  readonly shown: Tensor4D;
  readonly pool: Tensor4D | undefined;
}

/**
 * Hands each image of `images` [N, H, W, C] to a pool of at most `size`: while it is not full the image is kept and shown. Then, with
 * a probability of a half, a random image of the pool is shown and replaced by it; otherwise it is shown and not kept.
 *
 * Consumes `pool` ([count, H, W, C], the oldest place first); `images` stay the caller's. Draws from `rng` once or twice for each image
 * that finds the pool full. An image of another size than the pool's finds it empty.
 */
export function queryPool(pool: Tensor4D | undefined, images: Tensor4D, size: number, rng: Rng): PoolAnswer {
  const copy = (x: Tensor4D): Tensor4D => tidy(() => scale(x, 1));
  if (size === 0) return { shown: copy(images), pool };
  const fits = pool !== undefined && pool.shape.slice(1).join() === images.shape.slice(1).join();
  const before = fits ? pool.shape[0] : 0;
  /** Where each place's image comes from: a place of the old pool, or an image of the batch. */
  const places: Source[] = Array.from({ length: before }, (_, index) => ({ of: 'pool', index }));
  const shown: Source[] = [];
  for (let index = 0; index < images.shape[0]; index++) {
    const image: Source = { of: 'images', index };
    if (places.length < size) {
      places.push(image);
      shown.push(image);
    } else if (rng.uniform() > 0.5) {
      const place = rng.integer(size);
      shown.push(places[place] as Source);
      places[place] = image;
    } else shown.push(image);
  }
  const gather = (sources: readonly Source[]): Tensor4D =>
    tidy(() => {
      // Runs of neighbours are taken together: a full pool is fifty images, of which one changes.
      const runs: { of: Source['of']; from: number; count: number }[] = [];
      for (const { of, index } of sources) {
        const last = runs.at(-1);
        if (last?.of === of && last.from + last.count === index) last.count++;
        else runs.push({ of, from: index, count: 1 });
      }
      return copy(concatBatch(runs.map(({ of, from, count }) => sliceBatch((of === 'pool' ? pool : images) as Tensor4D, from, count))));
    });
  const answer = { shown: gather(shown), pool: gather(places) };
  pool?.dispose();
  return answer;
}

interface Source {
  readonly of: 'pool' | 'images';
  readonly index: number;
}
