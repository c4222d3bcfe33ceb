/** What errors advise to programs, as advice to who sits at the command line. */

const wordings: readonly (readonly [RegExp, string])[] = [
  [/resume: false\b/g, '--no-resume'],
  [/\bset overwrite\b/g, 'give --overwrite'],
  [/\bset memoryLimit to what there is\b/g, 'give --memory'],
  [/\bLeave out (interpolate|dtype|styles|example)\b/g, 'Leave out --$1'],
  [/\bWrite the model with dtype 'float32'/g, 'Write it with --dtype fp32'],
  [/\btranslate without a style\b/g, 'leave out --styles, --example and --interpolate'],
  [/\bUse a smaller image, batch or width, or call trim\(\) on the device between sizes\./g, 'Use smaller images, a smaller batch or width, or another --device.'],
  [/\bDispose of this handle, call openDevice\('\w+'\) again, and load the model or the last checkpoint anew\./g, 'Start the same command again; a training run goes on with --resume.'],
  [/\bWrite the set again with `writeSyntheticSet`/g, 'Write the set again with `munit data synthetic`'],
  [/\bScale it to (\d+×\d+) or less, or use a device with more memory\./g, 'Scale it to $1 or less, raise --memory if it was given, or use a device with more memory.'],
];

/** A message in which options go by their names on the command line. */
export const inOptions = (text: string): string => wordings.reduce((said, [pattern, wording]) => said.replace(pattern, wording), text);
