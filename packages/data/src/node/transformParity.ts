import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, readSafetensors } from '@munit/core';
import type { Safetensors } from '@munit/core';
import { centerCrop, MAX_PIXELS, type PixelImage, resizeShorterSide, type Size, toNetworkRange, whiteBackground } from '@munit/images';
import { DecodePool } from './decode/decodePool.js';
import { ioError } from '@munit/images/node';

/** How one step of one reference case compares. */
export interface ParityResult {
  /** `case0/resized` */
  readonly name: string;
  /** Largest absolute difference; Infinity when the shape is another. */
  readonly error: number;
  /** Whether the error is within tolerance. */
  readonly pass: boolean;
}

interface TransformCase {
  readonly source: string;
  readonly resize_shorter_side: number;
  readonly center_crop: number | readonly [height: number, width: number] | null;
}

/** float32((v / 255 - 0.5) / 0.5) may differ in the last bit by how the division is carried out. */
const tensorTolerance = 1.2e-7;

function casesOf(text: string | undefined): TransformCase[] {
  const cases: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!Array.isArray(cases)) throw new DataError("The transforms file lists no cases: its metadata has no 'cases'.");
  return cases as TransformCase[];
}

function cropOf(crop: TransformCase['center_crop']): number | Size | undefined {
  if (crop === null || typeof crop === 'number') return crop ?? undefined;
  return { height: crop[0], width: crop[1] };
}

function largestDifference(ours: ArrayLike<number>, truth: ArrayLike<number>): number {
  if (ours.length !== truth.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < ours.length; i++) largest = Math.max(largest, Math.abs((ours[i] as number) - (truth[i] as number)));
  return largest;
}

/** [H, W, C] floats → [C, H, W], as PyTorch keeps a picture. */
function channelsFirst({ width, height, channels }: PixelImage, values: Float32Array): Float32Array {
  const out = new Float32Array(values.length);
  const plane = width * height;
  for (let p = 0; p < plane; p++) {
    for (let c = 0; c < channels; c++) out[c * plane + p] = values[p * channels + c] as number;
  }
  return out;
}

function compareCase(name: string, file: Safetensors, decoded: PixelImage, spec: TransformCase): ParityResult[] {
  const results: ParityResult[] = [];
  const compare = (part: string, shape: readonly number[], ours: ArrayLike<number>, tolerance: number): void => {
    const truth = file.tensors.get(`${name}/${part}`);
    if (truth === undefined) return;
    const sameShape = truth.shape.join() === shape.join();
    const values = truth.dtype === 'U8' ? truth.bytes : truth.float32();
    const error = sameShape ? largestDifference(ours, values) : Infinity;
    results.push({ name: `${name}/${part}`, error, pass: error <= tolerance });
  };
  let image = resizeShorterSide(decoded, spec.resize_shorter_side);
  compare('resized', [image.height, image.width, image.channels], image.data, 0);
  const crop = cropOf(spec.center_crop);
  if (crop !== undefined) {
    image = centerCrop(image, crop);
    compare('center_cropped', [image.height, image.width, image.channels], image.data, 0);
  }
  const tensor = channelsFirst(image, toNetworkRange(image));
  compare('tensor_chw', [image.channels, image.height, image.width], tensor, tensorTolerance);
  return results;
}

/**
 * Runs every case that `transforms.safetensors` of a directory lists through this package's own decoder, resize, crop and
 * normalisation, and compares with what torchvision made of it: uint8 exactly, float32 to the last bit.
 * @throws DataError when the directory cannot be read or lists no cases.
 */
export async function transformParityCases(dir: string): Promise<ParityResult[]> {
  const path = join(dir, 'transforms.safetensors');
  const bytes = await readFile(path).catch((error: unknown) => {
    throw ioError('The reference file', path, error);
  });
  const file = readSafetensors(bytes);
  const pool = new DecodePool({ processes: 1 });
  try {
    const results: ParityResult[] = [];
    for (const [i, spec] of casesOf(file.metadata.get('cases')).entries()) {
      const prepare = { channels: 3, resize: null, background: whiteBackground, maxPixels: MAX_PIXELS } as const;
      const { image } = await pool.decode({ path: join(dir, spec.source) }, prepare);
      results.push(...compareCase(`case${i}`, file, image, spec));
    }
    return results;
  } finally {
    await pool.dispose();
  }
}
