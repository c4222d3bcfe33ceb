/** What is made of one input. */
import { join } from 'node:path';
import { encodeImage } from '@munit/images/node';
import { checkQuality } from '../../images/picture.js';
import { checkCount } from '../../styles.js';
import type { TranslateProgress } from '../../translator/types.js';
import type { FilePicture } from '../picture.js';
import { encodeAnimation, thereAndBack } from './frames.js';
import type { Input } from './list.js';
import type { InterpolateFilesOptions, TranslateFilesOptions } from './options.js';
import { outputPaths, seedOf } from './outputs.js';

/** One input's results: their paths, and how to make them. */
export interface Job {
  readonly input: Input;
  readonly paths: readonly string[];
  /** The results of `image`, which is the input as it was read, in the order of `paths`. */
  make(image: Blob, onProgress: (progress: TranslateProgress) => void): Promise<readonly Uint8Array[]>;
}

/** One style or several of an input, or a transition. */
export function jobOf(input: Input, options: TranslateFilesOptions, example: Float32Array | undefined): Job {
  const { translator, out, to = 'b', seed = 1, synchronized = false, interpolate, signal, format = 'png' } = options;
  const own = synchronized ? seed : seedOf(seed, input.name);
  if (interpolate !== undefined) return interpolationJob(input, options, interpolate, own);
  const given = options.styles ?? 1;
  const styles = translator.styleDim === 0 ? 1 : example === undefined ? given : [example];
  const paths = outputPaths(out, input.stem, typeof styles === 'number' ? styles : styles.length, format);
  const type = format === 'jpg' ? 'image/jpeg' : (`image/${format}` as const);
  return {
    input,
    paths,
    async make(image, onProgress) {
      const pictures: FilePicture[] =
        translator.styleDim === 0
          ? [await translator.translate(image, { to, signal, onProgress })]
          : await translator.translate(image, { to, styles, seed: own, signal, onProgress });
      return Promise.all(pictures.map((picture) => encodeImage(picture, type, checkQuality(options.quality))));
    },
  };
}

function interpolationJob(input: Input, options: TranslateFilesOptions, interpolate: InterpolateFilesOptions, seed: number): Job {
  const { translator, out, to = 'b', signal } = options;
  const { count = 16, format = 'webp', delayMs = 100, ...rest } = interpolate;
  const frames = (image: Blob, onProgress: (progress: TranslateProgress) => void): Promise<FilePicture[]> => translator.interpolate(image, { to, count, seed, signal, onProgress, ...rest });
  if (format === 'png') {
    return {
      input,
      paths: outputPaths(join(out, input.stem), 'frame', checkCount('count', count), 'png'),
      make: async (image, onProgress) => Promise.all((await frames(image, onProgress)).map((frame) => encodeImage(frame, 'image/png', 1))),
    };
  }
  return { input, paths: [join(out, `${input.stem}.${format}`)], make: async (image, onProgress) => [await encodeAnimation(thereAndBack(await frames(image, onProgress)), format, delayMs)] };
}
