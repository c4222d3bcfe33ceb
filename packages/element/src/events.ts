/** What the element reports. */
import type { LoadTranslatorProgress, Picture } from '@munit/infer';

/** Of the event `translate`: what is shown now. */
export interface TranslateDetail {
  /** The translations, in the order in which they are shown. */
  readonly pictures: readonly Picture[];
  /** Their style codes; empty ones for a model without styles. */
  readonly codes: readonly (readonly number[])[];
}

/** Of the event `progress`: how far loading is. `loaded` and `total` are bytes of the file at hand, where `lengthComputable` is true. */
export class TranslatorProgressEvent extends ProgressBase() {
  /** The step of loading, as `loadTranslator` reports it. */
  readonly step: LoadTranslatorProgress;

  constructor(step: LoadTranslatorProgress) {
    const bytes = 'loaded' in step ? { loaded: step.loaded, total: step.total ?? 0, lengthComputable: step.total !== undefined } : {};
    super('progress', bytes);
    this.step = step;
  }
}

/** Outside a page there are no such events, and importing this file must not fail. */
function ProgressBase(): typeof ProgressEvent {
  return (globalThis as { readonly ProgressEvent?: typeof ProgressEvent }).ProgressEvent ?? (Event as unknown as typeof ProgressEvent);
}

/** The events of `<munit-translator>`, besides those of every element. */
export interface MunitTranslatorEventMap extends HTMLElementEventMap {
  /** The model is there: `element.translator` says what it is. */
  load: Event;
  /** The model is being loaded. */
  progress: TranslatorProgressEvent;
  /** Other translations are shown. It bubbles, and crosses shadow boundaries. */
  translate: CustomEvent<TranslateDetail>;
  /** Something failed: `event.error` is the error, `event.message` says it in words, which the element shows too. */
  error: ErrorEvent;
}
