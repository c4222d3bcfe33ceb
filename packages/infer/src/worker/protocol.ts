/** What a page and the worker that holds a translator say to each other. */
import type { Domain } from '@munit/core';
import type { FloatImage, RawPixels } from '@munit/images';
import type { LoadTranslatorOptions, LoadTranslatorProgress } from '../load/loadTranslator.js';
import type { StyleCode } from '../styles/styles.js';
import type { InterpolateOptions, TranslateProgress, TranslatorInfo } from '../translator/types.js';
import type { ErrorMessage } from './errors.js';

/** What arrives: a message, or of a `Worker` the news that its script failed. */
export interface PortEvent {
  readonly data?: unknown;
  readonly message?: unknown;
}

/** One end of a channel: a `MessagePort` (also Node's), a `Worker`, or a worker's own global scope. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message' | 'error', listener: (event: PortEvent) => void): void;
  removeEventListener(type: 'message' | 'error', listener: (event: PortEvent) => void): void;
  /** A `MessagePort` waits for it. */
  start?(): void;
}

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
  load: { args: { readonly source: string | Blob | Uint8Array | readonly Blob[]; readonly options: SentLoadOptions }; result: TranslatorInfo & { readonly weightBytes: number } };
  translate: { args: { readonly images: readonly SentImage[]; readonly options: SentStyleOptions }; result: SentPicture[][] };
  encode: { args: { readonly image: SentImage; readonly from: Domain | undefined }; result: SentContent };
  decode: { args: { readonly content: number; readonly options: SentStyleOptions }; result: SentPicture[] };
  reconstruct: { args: { readonly image: SentImage; readonly domain: Domain | undefined }; result: SentPicture };
  interpolate: { args: { readonly image: SentImage; readonly options: Sendable<InterpolateOptions> }; result: SentPicture[] };
  styleOf: { args: { readonly image: SentImage; readonly domain: Domain | undefined }; result: Float32Array };
  release: { args: { readonly content: number }; result: undefined };
  recover: { args: undefined; result: undefined };
  dispose: { args: undefined; result: undefined };
}

export type CallName = keyof Calls;

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

/** `munit` marks our messages among those of others on the same port. */
export type Request =
  | { readonly [Name in CallName]: { readonly munit: 'call'; readonly id: number; readonly name: Name; readonly args: Calls[Name]['args'] } }[CallName]
  | { readonly munit: 'abort'; readonly id: number };

export type Reply =
  | { readonly munit: 'progress'; readonly id: number; readonly progress: LoadTranslatorProgress | TranslateProgress }
  | { readonly munit: 'result'; readonly id: number; readonly result: unknown }
  | { readonly munit: 'error'; readonly id: number; readonly error: ErrorMessage };

/** Whether a message is of this protocol. */
export const isOurs = (data: unknown): data is Request | Reply => typeof data === 'object' && data !== null && 'munit' in data && 'id' in data;
