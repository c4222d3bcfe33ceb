/** One model, one image, some styles: translated again when one of them changes, of many changes the last. */
import { AbortedError, ArgumentError, DeviceLostError, type Domain, otherDomain } from '@munit/core';
import type { ContentCode, LoadTranslatorProgress, Picture } from '@munit/infer';
import type { TranslatorClient } from '@munit/infer/worker';
import { bitmapOf, type ElementImage } from './image.js';
import { leaseModel, type ModelLease, type ModelWish } from './shared.js';

/** A style code; empty for a model without styles. */
export type Code = readonly number[];

/** What is to be shown. */
export interface Wanted {
  readonly image: ElementImage | undefined;
  readonly codes: readonly Code[];
  readonly to: Domain;
  /** Pixels of the shorter side; undefined: what the model was trained at. */
  readonly size: number | undefined;
}

/** Who hears of what the session does. */
export interface SessionListener {
  readonly loaded: (translator: TranslatorClient) => void;
  readonly progress: (step: LoadTranslatorProgress) => void;
  /** `complete` when all of them are of what is wanted now. */
  readonly pictures: (pictures: readonly (Picture | undefined)[], complete: boolean) => void;
  readonly failed: (error: Error) => void;
  readonly busy: (busy: boolean) => void;
}

/** Of the published models, where a model does not say its size. */
const USUAL_SIDE = 256;

interface Encoded {
  readonly key: string;
  readonly content: ContentCode;
}

/** Keeps what is shown in step with what is wanted. */
export class Session {
  readonly #listener: SessionListener;
  #lease: ModelLease | undefined;
  #translator: TranslatorClient | undefined;
  #wanted: Wanted = { image: undefined, codes: [], to: 'b', size: undefined };
  /** Counts images: what was encoded of an earlier one is of no use. */
  #revision = 0;
  #encoded: Encoded | undefined;
  #made: { readonly key: string; readonly picture: Picture }[] = [];
  #dirty = false;
  #running = false;
  #abort = new AbortController();

  constructor(listener: SessionListener) {
    this.#listener = listener;
  }

  /** The model, when it is loaded. */
  get translator(): TranslatorClient | undefined {
    return this.#translator;
  }

  /** Loads a model in place of the one before. */
  open(wish: ModelWish): void {
    this.close();
    const lease = (this.#lease = leaseModel(wish, this.#listener.progress));
    lease.ready.then(
      (translator) => {
        if (this.#lease !== lease) return;
        this.#translator = translator;
        this.#listener.loaded(translator);
        this.#update();
      },
      (error: unknown) => {
        if (this.#lease !== lease) return;
        this.close();
        this.#fail(error);
      },
    );
  }

  /** Gives the model back, and all that was made with it. */
  close(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#encoded?.content.dispose();
    this.#encoded = undefined;
    this.#made = [];
    this.#lease?.release();
    this.#lease = this.#translator = undefined;
  }

  /** Changes what is wanted. */
  want(change: Partial<Wanted>): void {
    if ('image' in change) this.#revision += 1;
    this.#wanted = { ...this.#wanted, ...change };
    this.#update();
  }

  /** The style code of an image. @throws DataError when it cannot be read; AbortedError when the model is gone by then */
  async styleOf(image: ElementImage): Promise<Code> {
    const [lease, translator] = [this.#lease, this.#translator];
    if (lease === undefined || translator === undefined) throw new ArgumentError('The model is not loaded yet.', { remedy: "Wait for the event 'load'." });
    const { signal } = this.#abort;
    const bitmap = await bitmapOf(image, this.#side(translator), signal).catch((error: unknown) => {
      // Not an image that cannot be fetched.
      throw signal.aborted ? new AbortedError('The model is no longer in use.', { cause: error }) : error;
    });
    try {
      return Array.from(await lease.run(() => translator.styleOf(bitmap, { domain: this.#wanted.to })));
    } finally {
      bitmap.close();
    }
  }

  #side(translator: TranslatorClient): number {
    return this.#wanted.size ?? translator.trainedSize ?? USUAL_SIDE;
  }

  #update(): void {
    this.#dirty = true;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    let lost = false;
    while (this.#dirty) {
      this.#dirty = false;
      const { signal } = this.#abort;
      try {
        await this.#translate(signal);
        lost = false;
      } catch (error) {
        if (signal.aborted || error instanceof AbortedError) continue;
        if (error instanceof DeviceLostError && !lost) {
          // It has been opened again; what was encoded on it is gone.
          lost = this.#dirty = true;
          this.#encoded = undefined;
          continue;
        }
        // Where something else is wanted by now, its own try says what fails: an image that is missing is reported once.
        if (!this.#dirty) this.#fail(error);
      }
    }
    this.#running = false;
    this.#listener.busy(false);
  }

  #fail(error: unknown): void {
    this.#listener.failed(error instanceof Error ? error : new Error(String(error)));
  }

  async #translate(signal: AbortSignal): Promise<void> {
    const [lease, translator] = [this.#lease, this.#translator];
    const { image, codes, to } = this.#wanted;
    if (lease === undefined || translator === undefined) return;
    if (image === undefined) {
      this.#made = [];
      return this.#listener.pictures([], false);
    }
    if (!translator.makes(to)) throw new ArgumentError(`This model makes no images of the domain '${to}'.`, { remedy: `Set to="${otherDomain(to)}".` });
    this.#listener.busy(true);
    const content = await this.#contentOf(image, lease, translator, signal);
    const made = this.#made.slice(0, codes.length);
    for (const [index, code] of codes.entries()) {
      const key = `${this.#encoded?.key} ${code.join()}`;
      if (made[index]?.key === key) continue;
      const picture = await lease.run(() => translator.decode(content, { to, signal, ...(code.length === 0 ? {} : { style: code }) }));
      if (signal.aborted) return;
      made[index] = { key, picture };
      this.#made = made;
      const complete = !this.#dirty && index === codes.length - 1;
      if (!complete) this.#listener.pictures(made.map((one) => one.picture), false);
      // Something else is wanted by now.
      if (this.#dirty) return;
    }
    this.#made = made;
    this.#listener.pictures(made.map((one) => one.picture), true);
  }

  async #contentOf(image: ElementImage, lease: ModelLease, translator: TranslatorClient, signal: AbortSignal): Promise<ContentCode> {
    const side = this.#side(translator);
    const from = otherDomain(this.#wanted.to);
    const key = `${this.#revision} ${side} ${from}`;
    if (this.#encoded?.key === key) return this.#encoded.content;
    const bitmap = await bitmapOf(image, side, signal);
    const content = await lease.run(() => translator.encode(bitmap, { from, signal })).finally(() => bitmap.close());
    if (signal.aborted) {
      content.dispose();
      throw new AbortedError();
    }
    this.#encoded?.content.dispose();
    this.#encoded = { key, content };
    return content;
  }
}
