/**
 * What to do about an error. The text speaks to programmers, of options and functions; a program that offers its users something
 * else (flags, buttons) puts the ones with an `id` of their own in its own words.
 */
export type Remedy =
  /** The text says it all, to everyone. */
  | { readonly id: 'advice'; readonly text: string }
  /** Write somewhere else, or set `overwrite`. */
  | { readonly id: 'overwrite'; readonly text: string }
  /** Write somewhere else, keep the settings, or set `resume: false` to start over. */
  | { readonly id: 'start-over'; readonly text: string }
  /** Write somewhere else, move a file away, or set `resume: false` to replace it. */
  | { readonly id: 'replace-file'; readonly text: string }
  /** Use a smaller image, or set `memoryLimit` to let it go through in bands. */
  | { readonly id: 'set-memory-limit'; readonly text: string }
  /** Scale an image to at most this size in pixels, or have more memory. */
  | { readonly id: 'scale-image'; readonly text: string; readonly width: number; readonly height: number }
  /** Leave out an option, or do what `instead` says. */
  | { readonly id: 'leave-out'; readonly text: string; readonly option: 'interpolate' | 'dtype' | 'grid'; readonly instead?: string | undefined }
  /** Get a model's files again, or load with `verify: false` what was saved again on purpose. */
  | { readonly id: 'skip-verify'; readonly text: string }
  /** Write the model with `dtype: 'float32'`. */
  | { readonly id: 'write-float32'; readonly text: string }
  /** Use a MUNIT model, or translate without a style. */
  | { readonly id: 'no-styles'; readonly text: string }
  /** Use smaller images, a smaller batch or width, or trim the device's memory between sizes. */
  | { readonly id: 'less-work'; readonly text: string }
  /** Dispose of the handle, open the device again, and load again what was on it. */
  | { readonly id: 'reopen-device'; readonly text: string }
  /** Write the synthetic set again with `writeSyntheticSet`. */
  | { readonly id: 'rewrite-synthetic-set'; readonly text: string };

/** The kinds of remedies: a program that words them for its users has an entry for each. */
export type RemedyId = Remedy['id'];

export const asRemedy = (remedy: string | Remedy): Remedy => (typeof remedy === 'string' ? { id: 'advice', text: remedy } : remedy);
