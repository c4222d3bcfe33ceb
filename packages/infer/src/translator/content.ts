/** A content code on a device. */
import { ArgumentError, DeviceLostError, type Tensor4D } from '@munit/core';
import type { Size } from '../images/padding.js';
import type { Engine } from '../networks/engine.js';
import type { DomainName } from '../networks/network.js';
import type { ContentCode } from './types.js';

/** Owns its tensor. */
export class EncodedContent implements ContentCode {
  readonly domain: DomainName;
  readonly width: number;
  readonly height: number;
  readonly #engine: Engine;
  readonly #generation: number;
  readonly #code: Tensor4D;
  readonly #onDispose: (content: EncodedContent) => void;
  #disposed = false;

  constructor(engine: Engine, domain: DomainName, size: Size, code: Tensor4D, onDispose: (content: EncodedContent) => void) {
    this.domain = domain;
    this.width = size.width;
    this.height = size.height;
    this.#engine = engine;
    this.#generation = engine.generation;
    this.#code = code;
    this.#onDispose = onDispose;
  }

  /** [1, h, w, c]. @throws ArgumentError when it is another translator's or disposed of; DeviceLostError when its device is gone */
  codeFor(engine: Engine): Tensor4D {
    if (engine !== this.#engine) throw new ArgumentError('The content was encoded by another translator.', { remedy: 'Encode the image with this one.' });
    if (this.#disposed) throw new ArgumentError('The content was disposed of.', { remedy: 'Encode the image again, or dispose of it later.' });
    if (this.#generation !== engine.generation) {
      throw new DeviceLostError('The device was lost, and the encoded content with it.', { remedy: 'Encode the image again.' });
    }
    return this.#code;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#code.dispose();
    this.#onDispose(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
