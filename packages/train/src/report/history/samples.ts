import type { PixelImage } from '@munit/images';
import { encodePng } from '@munit/images/png';
import type { SampleGrid } from '../../events.js';

/** A grid as the report shows it. */
export interface SampleThumbnail {
  readonly name: string;
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  readonly width: number;
  readonly height: number;
  /** `data:image/png;base64,…` */
  readonly uri: string;
  /** The full image, relative to the report; '' where there is no file. */
  readonly file: string;
}

export interface SampleMoment {
  readonly step: number;
  readonly grids: readonly SampleThumbnail[];
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** Everything about a grid but its pixels. */
export type SampleLabels = Omit<SampleGrid, 'image' | 'cells'>;

/** A grid as the report holds it. `image` is small enough already (`shrinkToWidth`); `png` is its file, where the caller has it. */
export function thumbnail(labels: SampleLabels, image: PixelImage, file: string, png: Uint8Array = encodePng(image)): SampleThumbnail {
  return {
    name: labels.name,
    caption: labels.caption ?? '',
    columns: labels.columns ?? [],
    rows: labels.rows ?? [],
    width: image.width,
    height: image.height,
    uri: `data:image/png;base64,${base64(png)}`,
    file,
  };
}

export const sizeOfMoment = ({ grids }: SampleMoment): number => grids.reduce((total, { uri }) => total + uri.length, 0);

/**
 * Leaves out moments until the rest fits into `maxBytes`: always the one whose neighbours are closest by ratio of steps, since the
 * first thousand steps change an image as much as the next ten thousand. The first and the newest stay as long as both fit.
 */
export function thinOut<T extends { readonly step: number }>(moments: readonly T[], sizeOf: (moment: T) => number, maxBytes: number): T[] {
  const kept = [...moments];
  let size = kept.reduce((total, moment) => total + sizeOf(moment), 0);
  while (size > maxBytes && kept.length > 1) {
    let least = 0;
    let ratio = Infinity;
    for (let i = 1; i + 1 < kept.length; i++) {
      const here = (kept[i + 1]!.step + 1) / (kept[i - 1]!.step + 1);
      if (here < ratio) [least, ratio] = [i, here];
    }
    // Where only two are left, the newest tells more.
    size -= sizeOf(kept.splice(least, 1)[0]!);
  }
  return kept;
}
