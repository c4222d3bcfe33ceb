/** The element: attributes and properties, what is inside, and events. */
import { AbortedError, ArgumentError, checkOptions, type Domain } from '@munit/core';
import type { BlobOptions, Picture } from '@munit/infer';
import type { TranslatorClient } from '@munit/infer/worker';
import { type MunitTranslatorEventMap, type TranslateDetail, TranslatorProgressEvent } from './events.js';
import { defaultLabels, type TranslatorLabels } from './labels.js';
import { bitmapOf, type ElementImage } from './model/image.js';
import { type Code, Session } from './model/session.js';
import { wishOf, workerEnded } from './model/shared.js';
import { startTranslatorWorker } from './model/startWorker.js';
import { type ControlActions, controlsIn, createControls } from './parts/controls.js';
import { download, pickImage } from './parts/dom.js';
import { createShadow, type Shadow } from './parts/shadow.js';
import { createSheet, type Sheet } from './parts/sheet.js';

/** Outside a page there are no elements, and importing this file must not fail. */
const Base = (globalThis as { readonly HTMLElement?: typeof HTMLElement }).HTMLElement ?? (Object as unknown as typeof HTMLElement);

/** `<munit-translator src="…">`: one image into many, in any page. Attributes, properties, events, parts and custom properties are in the README. */
export class MunitTranslatorElement extends Base {
  /** Attributes that the element follows when they change. */
  static readonly observedAttributes: readonly string[] = ['src', 'image', 'example', 'to', 'count', 'seed', 'size', 'device', 'pad', 'controls'];

  /** Every text that is shown or read out; of elements that are not in a page yet. */
  static labels: TranslatorLabels = defaultLabels;

  /** Starts the worker that holds a model: for bundlers that do not find it by themselves. Its script is `@munit/element/translator.worker.js`. */
  static startWorker: () => Worker = startTranslatorWorker;

  #shadow: Shadow | undefined;
  #controls: ReturnType<typeof createControls> | undefined;
  #sheet: Sheet | undefined;
  #observer: IntersectionObserver | undefined;
  #codes: readonly Code[] = [];
  #chosen = 0;
  #pictures: readonly Picture[] = [];
  /** An image that was given otherwise than by the attribute. */
  #given: ElementImage | undefined;
  #open = false;
  /** Counts images that were shown: one that arrives late is not. */
  #looks = 0;

  readonly #session = new Session({
    loaded: () => this.#loaded(),
    progress: (step) => {
      this.#shadow?.showProgress({ fraction: 'loaded' in step && step.total !== undefined && step.total > 0 ? step.loaded / step.total : undefined });
      this.dispatchEvent(new TranslatorProgressEvent(step));
    },
    pictures: (pictures, complete) => this.#show(pictures.filter((one) => one !== undefined), complete),
    failed: (error) => this.#fail(error),
    busy: (busy) => this.#shadow?.showBusy(busy),
  });

  /** The address of a model: a folder or a file, relative to the page, or `hf:owner/name`. */
  get src(): string {
    return this.getAttribute('src') ?? '';
  }
  set src(value: string) {
    this.setAttribute('src', value);
  }

  /** The address of the image that is translated first. */
  get image(): string {
    return this.getAttribute('image') ?? '';
  }
  set image(value: string) {
    this.setAttribute('image', value);
  }

  /** The domain to translate to: `b` (default) or `a`. */
  get to(): Domain {
    return this.getAttribute('to') === 'a' ? 'a' : 'b';
  }
  set to(value: Domain) {
    this.setAttribute('to', value);
  }

  /** Whether there is a sheet to draw on instead of a place for an image. */
  get pad(): boolean {
    return this.hasAttribute('pad');
  }
  set pad(value: boolean) {
    this.toggleAttribute('pad', value);
  }

  /** The style code of the chosen translation; empty for a model without styles. */
  get code(): readonly number[] {
    return this.#codes[this.#chosen] ?? [];
  }
  /** @throws ArgumentError unless it has as many finite numbers as the model's styles */
  set code(value: readonly number[]) {
    const dim = this.#session.translator?.styleDim ?? value.length;
    if (value.length !== dim || !value.every(Number.isFinite)) throw new ArgumentError(`A style code of this model has ${dim} finite numbers; got ${value.join(', ')}.`);
    this.#setCodes(this.#codes.length === 0 ? [value] : this.#codes.map((code, i) => (i === this.#chosen ? [...value] : code)));
  }

  /** What is shown. */
  get pictures(): readonly Picture[] {
    return this.#pictures;
  }

  /** The model, after the event `load`: its domains, its device, what it says of itself. */
  get translator(): TranslatorClient | undefined {
    return this.#session.translator;
  }

  /** Translates another image: a file, an address, or whatever a canvas can draw. Undefined: what the attribute says. */
  setImage(image: ElementImage | undefined): void {
    this.#given = image;
    this.#imageChanged();
  }

  /** Other random styles for all translations. @param seed the same one gives the same styles */
  anotherStyle(seed: number = Math.floor(Math.random() * 2 ** 31)): void {
    const { translator } = this.#session;
    if (translator === undefined) return;
    const count = this.#whole('count', 1, 1, 64);
    this.#setCodes(translator.styleDim === 0 ? [[]] : translator.sampleStyles(count, seed).map((code) => Array.from(code, (x) => Number(x.toFixed(3)))));
  }

  /** Takes the style of an image for the chosen translation. @throws DataError when it is not an image; ArgumentError before the model is there */
  async takeStyle(example: ElementImage): Promise<void> {
    this.code = await this.#session.styleOf(example);
  }

  /** The chosen translation as an image file. @throws ArgumentError when there is none yet */
  toBlob(options: BlobOptions = {}): Promise<Blob> {
    const picture = this.#pictures[this.#chosen];
    if (picture === undefined) return Promise.reject(new ArgumentError('There is no translation yet.', { remedy: "Wait for the event 'translate'." }));
    return picture.toBlob(options);
  }

  /** Listens; the element's own events have their types. */
  override addEventListener<K extends keyof MunitTranslatorEventMap>(type: K, listener: (this: MunitTranslatorElement, event: MunitTranslatorEventMap[K]) => void, options?: boolean | AddEventListenerOptions): void;
  override addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  override addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void {
    super.addEventListener(type, listener, options);
  }

  /** Ends listening. */
  override removeEventListener<K extends keyof MunitTranslatorEventMap>(type: K, listener: (this: MunitTranslatorElement, event: MunitTranslatorEventMap[K]) => void, options?: boolean | EventListenerOptions): void;
  override removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
  override removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void {
    super.removeEventListener(type, listener, options);
  }

  /** Called by the page. */
  connectedCallback(): void {
    if (this.#shadow === undefined) this.#build();
    if (this.#open) return;
    this.#imageChanged();
    if (this.getAttribute('loading') === 'lazy') {
      // An element that is moved before it was seen has one already.
      this.#observer?.disconnect();
      this.#observer = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && this.#openModel(), { rootMargin: '200px' });
      this.#observer.observe(this);
    } else this.#openModel();
  }

  /** Called by the page. An element that is only moved keeps its model. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#observer?.disconnect();
      this.#observer = undefined;
      this.#session.close();
      this.#open = false;
    });
  }

  /** Called by the page. */
  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after || !this.isConnected || this.#shadow === undefined) return;
    if (name === 'src' || name === 'device') {
      // One that waits to be seen opens its model then.
      if (this.#observer === undefined) this.#openModel();
    } else if (name === 'image' || name === 'pad') {
      this.#given = undefined;
      this.#imageChanged();
    } else if (name === 'count' || name === 'seed') this.anotherStyle(this.#firstSeed());
    else if (name === 'to' || name === 'size') this.#session.want(this.#shape());
    else if (name === 'example' && after !== null && this.#session.translator !== undefined) this.#follow(after); // Else it is taken when the model is loaded.
    this.#updateControls();
  }

  #build(): void {
    const { labels } = this.constructor as typeof MunitTranslatorElement;
    const actions: ControlActions = {
      file: () => void pickImage().then((file) => file !== undefined && this.#take(file)),
      undo: () => this.#sheet?.undo(),
      clear: () => {
        // Back to the sheet from an image that took its place.
        this.#given = undefined;
        this.#sheet?.clear();
      },
      random: () => this.anotherStyle(),
      example: () => void pickImage().then((file) => file && this.#follow(file)),
      save: () => void this.#save(),
      slide: (index, value) => (this.code = this.code.map((x, i) => (i === index ? value : x))),
    };
    this.#controls = createControls(labels, actions);
    this.#shadow = createShadow(this.attachShadow({ mode: 'open' }), labels, this.#controls.element, {
      choose: (index) => {
        this.#chosen = index;
        this.#show(this.#pictures, false);
      },
      again: () => this.#openModel(),
      drop: (file) => this.#take(file),
    });
    this.#sheet = createSheet(this.#shadow.sheet, () => {
      if (this.#given === undefined && this.pad) this.#imageChanged();
    });
  }

  /** An image of the user's own takes the place of the sheet. */
  #take(file: File): void {
    this.#given = file;
    this.#imageChanged();
  }

  /** Takes the style of an example; a model that has gone meanwhile needs none. */
  #follow(example: ElementImage): void {
    void this.takeStyle(example).catch((error: unknown) => {
      if (!(error instanceof AbortedError)) this.#fail(error);
    });
  }

  #openModel(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
    this.#shadow?.showError(undefined);
    this.#shadow?.showProgress(undefined);
    if (this.src === '') {
      this.#shadow?.showNoModel();
      return this.#session.close();
    }
    this.#open = true;
    try {
      const wish = wishOf(this.src, this.getAttribute('device') ?? 'auto', () => (this.constructor as typeof MunitTranslatorElement).startWorker());
      this.#shadow?.showProgress({ fraction: undefined });
      this.#session.want(this.#shape());
      this.#session.open(wish);
    } catch (error) {
      this.#fail(error);
    }
  }

  #loaded(): void {
    this.#shadow?.showProgress(undefined);
    const dim = this.#session.translator!.styleDim;
    if (this.#codes.length === 0 || this.#codes[0]!.length !== dim) this.anotherStyle(this.#firstSeed());
    const example = this.getAttribute('example');
    if (example !== null && this.#session.translator!.takesExamples(this.to)) this.#follow(example);
    this.#updateControls();
    this.dispatchEvent(new Event('load'));
  }

  /** What is translated now: what was given, what was drawn, what the attribute names. */
  #source(): ElementImage | undefined {
    if (this.#given !== undefined) return this.#given;
    if (this.pad) return this.#sheet?.isBlank() === false ? this.#sheet.canvas : undefined;
    return this.image === '' ? undefined : this.image; // As it is: an invalid one is reported when it is fetched.
  }

  #imageChanged(): void {
    const source = this.#source();
    this.#shadow?.showInput({ sheet: this.pad && this.#given === undefined, blank: source === undefined, source: source !== undefined });
    this.#session.want({ image: source });
    this.#updateControls();
    const mine = ++this.#looks;
    if (source === undefined || source === this.#sheet?.canvas) return;
    void bitmapOf(source, 512, AbortSignal.timeout(60_000)).then((bitmap) => {
      if (this.#looks === mine) {
        const canvas = this.#shadow!.source;
        Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
        canvas.getContext('2d')!.drawImage(bitmap, 0, 0);
      }
      bitmap.close();
    }, () => undefined); // The session reports what cannot be read.
  }

  #shape(): { readonly to: Domain; readonly size: number | undefined } {
    return { to: this.to, size: this.hasAttribute('size') ? this.#whole('size', 256, 16, 1024) : undefined };
  }

  #firstSeed(): number {
    return this.#whole('seed', 1, 0, 2 ** 32 - 1);
  }

  /** The number of an attribute; a wrong one is reported, and the default used. */
  #whole(name: string, fallback: number, least: number, most: number): number {
    const text = this.getAttribute(name);
    if (text === null) return fallback;
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    this.#fail(new ArgumentError(`${name}="${text}" is not a whole number from ${least} to ${most}.`, { remedy: `${fallback} is used instead.` }));
    return fallback;
  }

  #setCodes(codes: readonly Code[]): void {
    this.#codes = codes;
    this.#chosen = Math.min(this.#chosen, codes.length - 1);
    this.#session.want({ codes });
    this.#updateControls();
  }

  #show(pictures: readonly Picture[], complete: boolean): void {
    this.#pictures = pictures;
    this.#shadow?.showResults(pictures, { chosen: this.#chosen, domain: this.translator?.domains[this.to].name ?? this.to });
    if (complete) this.#shadow?.showError(undefined);
    this.#updateControls();
    const detail: TranslateDetail = { pictures, codes: this.#codes };
    if (complete) this.dispatchEvent(new CustomEvent('translate', { detail, bubbles: true, composed: true }));
  }

  #updateControls(): void {
    const sheet = !this.pad ? 'none' : this.#given !== undefined ? 'covered' : this.#sheet?.isBlank() === true ? 'blank' : 'drawn';
    const { translator } = this.#session;
    this.#controls?.update({ shown: controlsIn(this.getAttribute('controls')), sheet, takesExamples: translator?.takesExamples(this.to) === true, code: translator === undefined ? [] : this.code, hasImage: this.#source() !== undefined, hasResult: this.#pictures[this.#chosen] !== undefined });
  }

  #fail(error: unknown): void {
    const given = error instanceof Error ? error : new Error(String(error));
    if (workerEnded(given)) this.#session.close();
    this.#shadow?.showProgress(undefined);
    this.#shadow?.showError(given.message);
    this.dispatchEvent(new ErrorEvent('error', { error: given, message: given.message }));
  }

  async #save(): Promise<void> {
    download(await this.toBlob(), 'translation.png');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'munit-translator': MunitTranslatorElement;
  }
}

/** How the element is registered. */
export interface DefineOptions {
  /** Another tag. Default `munit-translator`. */
  readonly tag?: string;
}

/** Makes the tag work in this page. Calling it twice, or outside a page, does nothing. */
export function defineMunitTranslator(options: DefineOptions = {}): void {
  checkOptions('defineMunitTranslator', options, { tag: true });
  const { tag = 'munit-translator' } = options;
  const registry = (globalThis as { readonly customElements?: CustomElementRegistry }).customElements;
  if (registry === undefined || registry.get(tag) !== undefined) return;
  // One class has one tag.
  registry.define(tag, tag === 'munit-translator' ? MunitTranslatorElement : class extends MunitTranslatorElement {});
}
