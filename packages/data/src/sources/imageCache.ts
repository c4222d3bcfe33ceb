import type { PixelImage } from '@munit/images';
import type { ImageSource, LoadedImage } from './types.js';

/**
 * Decoded pictures up to a budget of bytes, first come, first kept. Nothing is evicted: every epoch visits every picture
 * once, so evicting the oldest would always evict what comes next.
 */
export class ImageCache {
  readonly budgetBytes: number;
  #bytes = 0;
  #hits = 0;
  #misses = 0;

  constructor(budgetBytes: number) {
    this.budgetBytes = budgetBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get hits(): number {
    return this.#hits;
  }

  get misses(): number {
    return this.#misses;
  }

  /** `source` with this cache in front. Several sources may share one cache. */
  wrap(source: ImageSource): ImageSource {
    const kept = new Map<number, PixelImage>();
    const load = async (index: number): Promise<LoadedImage> => {
      const image = kept.get(index);
      if (image !== undefined) {
        this.#hits++;
        return { image };
      }
      this.#misses++;
      const loaded = await source.load(index);
      const size = loaded.image.data.byteLength;
      if (!kept.has(index) && this.#bytes + size <= this.budgetBytes) {
        this.#bytes += size;
        kept.set(index, loaded.image);
      }
      return loaded;
    };
    return {
      label: source.label,
      names: source.names,
      channels: source.channels,
      load,
      dispose: async () => {
        for (const image of kept.values()) this.#bytes -= image.data.byteLength;
        kept.clear();
        await source.dispose();
      },
    };
  }
}
