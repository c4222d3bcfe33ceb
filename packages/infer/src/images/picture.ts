/** What comes out: an image in memory that turns into whatever its user draws, sends or saves. */
import { ArgumentError, checkOptions, DataError, type OptionNames, ShapeError, type Tensor4D } from '@munit/core';
import { type FloatImage, toBytes } from '@munit/images';
import { encodeCanvas, newCanvas, sizedCanvas } from '@munit/images/browser';

/** How `toBlob` encodes a picture. */
export interface BlobOptions {
  /** Default `image/png`. */
  readonly type?: 'image/png' | 'image/jpeg' | 'image/webp';
  /** 0 to 1, for JPEG and WebP. Default 0.92. */
  readonly quality?: number;
}

/** Their names, by which unknown ones are refused. */
export const blobNames: OptionNames<BlobOptions> = { type: true, quality: true };

/** An image, and the style it was made with. Plain memory: nothing to dispose of. */
export class Picture {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** 1 (grey) or 3 (RGB), as the domain has. */
  readonly channels: number;
  /** The network's own values, in [−1, 1]: those beyond, which only networks without tanh give, clamped. // [H, W, C] */
  readonly values: Float32Array<ArrayBuffer>;
  /** The style code that it was decoded with; undefined for UNIT. */
  readonly style: Float32Array | undefined;
  #data: Uint8Array<ArrayBuffer> | undefined;

  constructor({ width, height, channels, values }: FloatImage, style?: Float32Array) {
    if (values.length !== width * height * channels) {
      throw new ShapeError(`A picture of ${width}×${height}×${channels} has ${width * height * channels} values, but ${values.length} came.`);
    }
    this.width = width;
    this.height = height;
    this.channels = channels;
    this.values = values.some((value) => Math.abs(value) > 1) ? values.map((value) => Math.min(1, Math.max(-1, value))) : values;
    this.style = style;
  }

  /** 8-bit pixels, interleaved: the values clamped to [−1, 1], never stretched. // [H, W, C] */
  get data(): Uint8Array<ArrayBuffer> {
    this.#data ??= toBytes(this.values);
    return this.#data;
  }

  /** Opaque RGBA, 4 bytes per pixel. @throws ShapeError for a domain of other than 1 or 3 channels */
  toRgba(): Uint8ClampedArray<ArrayBuffer> {
    const { channels, data } = this;
    if (channels !== 1 && channels !== 3) throw new ShapeError(`A picture has 1 or 3 channels, but this one has ${channels}.`, { remedy: 'Use toTensor().' });
    const rgba = new Uint8ClampedArray(this.width * this.height * 4);
    for (let i = 0; i < this.width * this.height; i++) {
      const at = i * channels;
      rgba[4 * i] = data[at]!;
      rgba[4 * i + 1] = data[channels === 1 ? at : at + 1]!;
      rgba[4 * i + 2] = data[channels === 1 ? at : at + 2]!;
      rgba[4 * i + 3] = 255;
    }
    return rgba;
  }

  /** @throws DataError where there is no ImageData (Node: use `data` or `toRgba()`) */
  toImageData(): ImageData {
    if (typeof ImageData !== 'function') throw new DataError('There is no ImageData here.', { remedy: 'In Node use data or toRgba().' });
    return new ImageData(this.toRgba(), this.width, this.height);
  }

  /**
   * Drawn on a canvas, which takes the picture's size: the one that is given, or a new one, in a page an element that can be put into it.
   * @throws DataError where there is none (Node)
   */
  toCanvas<T extends HTMLCanvasElement | OffscreenCanvas = HTMLCanvasElement | OffscreenCanvas>(target?: T): T {
    const own = target ?? (typeof document === 'undefined' ? undefined : document.createElement('canvas'));
    const { canvas, context } = own === undefined ? newCanvas(this.width, this.height) : sizedCanvas(own, this.width, this.height);
    context.putImageData(this.toImageData(), 0, 0);
    return canvas as T;
  }

  /** An image file in memory. @throws DataError where there is no encoder for it */
  async toBlob(options: BlobOptions = {}): Promise<Blob> {
    checkOptions('toBlob', options, blobNames);
    return encodeCanvas(this.toCanvas(), options.type ?? 'image/png', checkQuality(options.quality));
  }

  /** [1, H, W, C] in [−1, 1] on the device in use; the caller owns it. */
  async toTensor(): Promise<Tensor4D> {
    const { width, height, channels, values } = this;
    return (await import('./tensors.js')).tensorOf({ width, height, channels, values: values.slice() });
  }
}

/** @throws ArgumentError unless it is between 0 and 1 */
export function checkQuality(quality = 0.92): number {
  if (quality >= 0 && quality <= 1) return quality;
  throw new ArgumentError(`The quality of a picture must be between 0 and 1, but it is ${quality}.`);
}
