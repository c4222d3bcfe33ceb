/** Every text that the element shows or reads out, so that a page in another language can replace it. */
export interface TranslatorLabels {
  /** Names the whole for screen readers. */
  readonly element: string;
  /** Where the image is waited for, with buttons and dropping. */
  readonly empty: string;
  /** On an empty sheet. */
  readonly draw: string;
  /** Of the button that picks an image file. */
  readonly file: string;
  /** Of the button that takes back the last stroke. */
  readonly undo: string;
  /** Of the button that empties the sheet. */
  readonly clear: string;
  /** Of the button that draws other styles at random. */
  readonly random: string;
  /** Of the button that picks an image whose style is taken. */
  readonly example: string;
  /** Of the sliders as a whole. */
  readonly sliders: string;
  /** Of the button that saves the translation. */
  readonly save: string;
  /** Of the button after an error. */
  readonly again: string;
  /** Of the image that is translated. */
  readonly source: string;
  /** Of the sheet to draw on. */
  readonly sheet: string;
  /** While the model is fetched. */
  readonly loading: string;
  /** Without the attribute `src`. */
  readonly noModel: string;
  /** Of one slider, counted from 1. */
  readonly slider: (number: number) => string;
  /** Of one translation, counted from 1, and the name of what it is translated to. */
  readonly result: (number: number, domain: string) => string;
}

/** English. */
export const defaultLabels: TranslatorLabels = {
  element: 'Image translator',
  empty: 'Drop an image here, or choose one.',
  draw: 'Draw here.',
  file: 'Choose an image',
  undo: 'Undo',
  clear: 'Clear',
  random: 'Another style',
  example: 'Style of an image',
  sliders: 'Adjust the style',
  save: 'Save',
  again: 'Try again',
  source: 'The image',
  sheet: 'Paper: draw with mouse, pen or finger',
  loading: 'Loading the model',
  noModel: 'No model yet: this element needs the address of one in its attribute src.',
  slider: (number) => `Style number ${number}`,
  result: (number, domain) => `Translation ${number}: ${domain}`,
};
