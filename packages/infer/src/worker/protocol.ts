/** What a page and the worker that holds a translator say to each other. */
import type { DeviceReport, Domain } from '@munit/core';
import { ModelSourceError, TorchFileError } from '@munit/formats';
import { BrokenImageError, type FloatImage, type RawPixels } from '@munit/images';
import type { LoadTranslatorOptions, LoadTranslatorProgress } from '../load/loadOptions.js';
import type { StyleCode } from '../styles.js';
import type { ModelFacts } from '../translator/facts.js';
import type { TranslateProgress, TranslatorInfo, TranslatorMemory } from '../translator/types.js';

/** An image that can be sent; planes are marked, for their values look like pixels. */
export type SentImage = RawPixels | ImageBitmap | Blob | string | { readonly planes: FloatImage };

/** Functions and signals cannot be sent: both have messages of their own. */
type Sendable<T> = Omit<T, 'onProgress' | 'signal' | 'example'>;

export type SentLoadOptions = Sendable<Omit<LoadTranslatorOptions, 'fetch' | 'device'>> & { readonly device?: string };

export interface SentStyleOptions {
  readonly to?: Domain | undefined;
  readonly style?: StyleCode | undefined;
  readonly styles?: number | readonly StyleCode[] | undefined;
  readonly example?: SentImage | undefined;
  readonly seed?: number | undefined;
  readonly synchronized?: boolean | undefined;
}

/** Calls by name: what they take and what they answer. Pictures are planes with their style. */
export interface Calls {
  load: { args: { readonly source: string | Blob | Uint8Array | readonly Blob[]; readonly options: SentLoadOptions }; result: ModelFacts & Pick<TranslatorInfo, 'device'>; progress: LoadTranslatorProgress };
  translate: { args: { readonly images: readonly SentImage[]; readonly options: SentStyleOptions }; result: SentPicture[][]; progress: TranslateProgress };
  encode: { args: { readonly image: SentImage; readonly from: Domain | undefined }; result: SentContent };
  decode: { args: { readonly content: number; readonly options: SentStyleOptions }; result: SentPicture[]; progress: TranslateProgress };
  reconstruct: { args: { readonly image: SentImage; readonly domain: Domain | undefined }; result: SentPicture };
  styleOf: { args: { readonly image: SentImage; readonly domain: Domain | undefined }; result: Float32Array };
  release: { args: { readonly content: number }; result: undefined };
  memory: { args: undefined; result: TranslatorMemory };
  /** Answers with the device that was opened. */
  recover: { args: undefined; result: DeviceReport };
  dispose: { args: undefined; result: undefined };
}

export interface SentPicture {
  readonly planes: FloatImage;
  readonly style: Float32Array | undefined;
}

export interface SentContent {
  readonly content: number;
  readonly domain: Domain;
  readonly width: number;
  readonly height: number;
}

/** Error classes that cross the channel, besides those of core. */
export const errors = { BrokenImageError, ModelSourceError, TorchFileError };
