/** The Translate view: image, style, map, examples, saving. */

export const stage = {
  region: 'Translation',
  again: 'Translate again',
  compare: 'How to compare',
  side: 'Side by side',
  slider: 'Slider',
  save: 'Save …',
  copyLink: 'Copy link',
  translating: 'Translating',
  stop: 'Stop translating',
  perStyle: (time: string) => `${time} / style`,
  perImage: (time: string) => `${time} / image`,
  first: 'Translating the first image',
  beforeOf: (name: string) => `${name}, before`,
  translated: 'translated',
  before: 'before',
  after: 'after',
  divider: 'Divider between before and after',
  dividerAt: (percent: number) => `${percent} % before`,
  noStyles: 'This model gives one result for each image: it has no styles.',
};

export const intro = {
  region: 'What this is',
  text: '**One image becomes many.** A model keeps what an image shows and changes how it looks. How it looks is its *style*, drawn at random, set by sliders, or taken from another image.',
  textWith: (count: number) => `**One image becomes many.** A model keeps what an image shows and changes how it looks. How it looks is its *style*: ${count} numbers, drawn at random, set by sliders, or taken from another image.`,
  knows: (model: string, kind: string) => `${model}, the model at hand, knows ${kind}: draw some.`,
  paper: 'The paper',
  close: 'Close this introduction',
};

export const style = {
  title: 'Style',
  map: 'Map',
  mapTitle: 'The styles on a plane',
  reset: 'Reset',
  random: 'Random',
  slider: (number: number) => `s${number}`,
  what: 'what it changes',
  nameOf: (slider: string) => `Name of ${slider}`,
  lock: (slider: string) => `Lock ${slider}`,
  naming: 'Move a slider to see what it changes, and write it down. Names stay in this browser.',
  locked: 'Locked numbers stay as they are when styles are drawn or reset.',
  name: 'Name them',
  nameThem: 'Name the sliders',
  named: 'Done with the names',
};

export const map = {
  making: 'Making the map …',
  place: 'Place on the map of styles: arrow keys in four directions',
  at: (across: string, up: string) => `${across} across, ${up} up`,
  ofExamples: 'The two directions in which the styles of the examples differ most; a dot is an example.',
  ofRandom: (count: number) => `The two directions in which ${count} random styles differ most.`,
  drag: 'Drag the point, or use the arrow keys.',
};

export const example = {
  title: 'Style of an image',
  pick: 'Pick an image whose style to take',
  drop: 'Drop an image whose style to take',
  list: 'Images whose style to take',
  choose: (kind: string) => `Choose or drop one of the kind “${kind}”: its style becomes yours.`,
};

export const variations = {
  title: 'Random styles',
  done: (done: number, all: number) => `${done} of ${all}`,
  stop: 'Stop the grid',
  blank: 'Twelve styles of what you draw come here.',
  list: 'Random styles: choose one to keep it',
  style: (number: number) => `Style ${number}`,
};

export const save = {
  title: 'Save the image',
  what: 'What to save',
  translation: 'The translation',
  both: 'Before and after',
  asMade: (width: number, height: number) => `${width} × ${height}, as the model makes it`,
  enlarged: (width: number, height: number) => `${width} × ${height}, enlarged`,
  smooth: 'Enlarging smooths the image; it adds no detail. For more detail, choose a larger size under Image, or a model that was trained at one.',
  png: 'Every pixel as it is.',
  webp: 'Smaller, with small losses.',
  jpeg: 'Smaller, with small losses; opens everywhere.',
  copy: 'Copy image',
  copied: 'The image is in the clipboard.',
  notCopied: 'This browser does not let the page write images to the clipboard: save a file instead.',
  cannotWrite: (format: string) => `This browser cannot write ${format}: choose PNG.`,
};
