/** A content code, on a device or in bands. */
import { ArgumentError, DeviceLostError, type Domain, type Tensor4D } from '@munit/core';
import type { Size } from '@munit/images';
import type { Engine } from '../networks/engine.js';
import type { BandedContent } from '../tiles/tiles.js';
import type { ContentCode } from './types.js';

/** On the device, [1, h, w, c], or of an image too large for it in the process's memory. */
export type ContentMap = { readonly kind: 'tensor'; readonly code: Tensor4D } | { readonly kind: 'bands'; readonly content: BandedContent };

/** Owns its tensor. */
export class EncodedContent implements ContentCode {
  readonly domain: Domain;
  readonly width: number;
  readonly height: number;
  readonly #engine: Engine;
  readonly #generation: number;
  #map: ContentMap | undefined;
  readonly #onDispose: (content: EncodedContent) => void;

  constructor(engine: Engine, domain: Domain, size: Size, map: ContentMap, onDispose: (content: EncodedContent) => void) {
    this.domain = domain;
    this.width = size.width;
    this.height = size.height;
    this.#engine = engine;
    this.#generation = engine.generation;
    this.#map = map;
    this.#onDispose = onDispose;
  }

  /** @throws ArgumentError when it is another translator's or disposed of; DeviceLostError when its device is gone */
  mapFor(engine: Engine): ContentMap {
    if (engine !== this.#engine) throw new ArgumentError('The content was encoded by another translator.', { remedy: 'Encode the image with this one.' });
    if (this.#map === undefined) throw new ArgumentError('The content was disposed of.', { remedy: 'Encode the image again, or dispose of it later.' });
    if (this.#map.kind === 'tensor' && this.#generation !== engine.generation) {
      throw new DeviceLostError('The device was lost, and the encoded content with it.', { remedy: 'Encode the image again.' });
    }
    return this.#map;
  }

  dispose(): void {
    if (this.#map === undefined) return;
    if (this.#map.kind === 'tensor') this.#map.code.dispose();
    this.#map = undefined;
    this.#onDispose(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
