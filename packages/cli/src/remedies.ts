/** What errors advise to programs, as advice to somebody at the command line. */
import type { Remedy, RemedyId } from '@munit/core';

type Wordings = { readonly [Id in RemedyId]: (remedy: Extract<Remedy, { readonly id: Id }>) => string };

const wordings = {
  advice: ({ text }) => text,
  overwrite: () => 'Write to another place, or give --overwrite.',
  'start-over': () => 'Write to another folder, keep the settings, or give --no-resume to make all of them again.',
  'replace-file': () => 'Write to another place, move that file away, or give --no-resume to replace it.',
  'set-memory-limit': () => 'Use a smaller image, or give --memory: it is then translated in bands.',
  'scale-image': ({ width, height }) => `Scale it to ${width}×${height} or less, raise --memory if it was given, or use a device with more memory.`,
  'leave-out': ({ option, instead }) => (instead === undefined ? `Leave out --${option}.` : `Leave out --${option}, or ${instead}.`),
  'skip-verify': () => 'The file is damaged, or only half of the model was replaced: get both again. If the weights were saved again on purpose, give --no-verify.',
  'write-float32': () => 'Write it with --dtype fp32.',
  'no-styles': () => 'Use a MUNIT model, or leave out --styles, --example and --interpolate.',
  'less-work': () => 'Use smaller images, a smaller batch or width, or another --device.',
  'reopen-device': () => 'Start the same command again; a training run continues with --resume.',
  'rewrite-synthetic-set': () => 'Write the set again with `munit data synthetic`.',
} satisfies Wordings;

/** The remedy in terms of the command line's options; the text of one that a newer library has and this program does not know. */
export function wordingOf(remedy: Remedy): string {
  // The union of the remedies meets the union of the wordings: each belongs to its own.
  const wording = (wordings as Partial<Record<string, (remedy: Remedy) => string>>)[remedy.id];
  return wording?.(remedy) ?? remedy.text;
}
