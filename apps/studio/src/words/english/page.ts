/** What is always there: head, foot, tabs, dialogs, notices, and words that several views use. */
import { countingIn } from '../plural.js';

const { plural } = countingIn('en');

export const common = {
  undo: 'Undo',
  redo: 'Redo',
  stop: 'Stop',
  stopped: 'Stopped.',
  save: 'Save',
  keep: 'Keep',
  done: 'Done',
  close: 'Close',
  cancel: 'Cancel',
  continue: 'Continue',
  size: 'Size',
  format: 'Format',
  images: 'Images',
  styles: 'Styles',
  newStyles: 'New styles',
  chooseModel: 'Choose a model to begin.',
  pickFolder: 'Pick a folder',
  pickFile: 'Pick a file',
  translationOf: (image: string, kind: string) => `${image} as ${kind}`,
  imageOf: (number: number, all: number) => `Image ${number} of ${all}`,
  imagesHere: (done: number, all: number) => `${done} of ${all} images are here.`,
  percent: (value: number) => `${value} %`,
  asNumber: (label: string) => `${label}, as a number`,
  writingVideo: 'Writing the video',
  videoSaved: 'The video was saved.',
};

export const page = {
  title: 'munit studio',
  description: 'One picture into many: MUNIT image translation in your browser. No account, and nothing leaves your machine.',
  language: 'Language',
  languageFailed: 'The words of that language',
  views: 'Views',
  view: { translate: 'Translate', morph: 'Morph', grid: 'Grid', live: 'Live', compare: 'Compare', evaluate: 'Evaluate', train: 'Train' },
  skip: (view: string) => `Skip to the ${view} view`,
  promise: 'No account, and nothing leaves your machine.',
  light: 'Light colours',
  dark: 'Dark colours',
  footer: 'One image into many, computed in this page: images and models stay on your machine.',
  drop: 'Drop images or a model',
  dropOntoSets: 'Drop images onto set A or set B, after choosing “Your images”: nothing was added.',
  filesOnly: 'Only files can be dropped: the page fetches nothing from other sites. Save the image first, or copy it and paste it here.',
  newVersion: 'There is a new version of the studio.',
  newVersionLater: 'There is a new version of the studio: it comes when training has ended.',
  reload: 'Reload',
  dismiss: 'Dismiss',
  dismissAll: 'Dismiss all',
  fewer: 'Fewer',
  more: (hidden: number) => `${hidden} more`,
  notKept: 'This browser cannot keep your images and models: a reload forgets them.',
  notKeptFull: 'This browser cannot keep your images and models because its storage is full: a reload forgets them.',
};

/** Parts of the studio that are fetched when they are first used. */
export const part = {
  changed: (what: string) => `${what} could not be fetched: the studio may have changed since this page was opened.`,
  changedRemedy: 'Reload the page; what you made is kept.',
  offline: (what: string) => `${what} could not be fetched: there is no network.`,
  offlineRemedy: 'Try again when there is one.',
  training: 'Training',
  fetchingTraining: 'Fetching what trains',
  again: 'Try again',
  reload: 'Reload the page',
  runs: 'What knows of runs',
  archives: 'The reader of archives',
  videos: 'The writer of videos',
  models: 'The writer of models',
  lines: 'What draws lines',
};

export const keys = {
  open: 'Keyboard shortcuts',
  title: 'Keyboard',
  on: 'Single keys do things',
  draw: 'Draw',
  newStyles: 'New random styles',
  randomStyle: 'Another style for the large image',
  averageStyle: 'The average style',
  swap: 'Swap the direction',
  list: 'This list',
  arrowKeys: 'Arrow keys',
  arrows: 'Within tabs, images, styles, sliders and the map of styles',
  escapeKey: 'Escape',
  escape: 'Close a dialog',
};

/** Rows of what the browser keeps. */
export const kept = {
  confirm: (name: string) => `Delete ${name}?`,
  forGood: 'Delete for good',
  rename: (name: string) => `Rename ${name}`,
  remove: (name: string) => `Delete ${name}`,
  newName: (name: string) => `New name of ${name}`,
  takeName: 'Rename',
};

/** What a link says in vain. */
export const link = {
  faults: (list: string) => `Parts of the link are not valid and were left out: ${list}.`,
  fault: { to: 'direction', style: 'style', seed: 'seed', side: 'size', start: 'first style', end: 'last style', device: 'device', view: 'view', lang: 'language' },
  given: (part: string, text: string) => `${part} (“${text}”)`,
  notHere: (name: string) => `The image “${name}” is not on this machine, or no longer kept: choose one of yours.`,
  noImage: (id: string) => `The link names an image “${id}”, which the studio does not have.`,
  noDrawing: 'The drawing in the link cannot be read: another image is shown.',
  otherStyle: (length: number, has: number) => `The link's style has ${length} numbers, and this model has ${has}: another style is shown.`,
  noStyle: (length: number) => `The link's style has ${length} numbers, and this model has none: another style is shown.`,
  copied: 'Link copied.',
  copiedWithoutFiles: 'Link copied. Your own files are not in it: whoever opens it needs them too.',
  isAddress: (address: string) => `The link is the address of this page: ${address}`,
};

export const device = {
  none: 'No device yet',
  badge: ': device, memory and speed',
  title: 'Device',
  wish: 'What to compute on',
  wishes: { auto: 'Best', webgpu: 'GPU', simd: 'CPU' },
  names: { webgpu: 'GPU', simd: 'CPU', cpu: 'CPU, slow' },
  no: (device: string) => `No ${device}:`,
  noWasm: 'No WebAssembly:',
  fastest: 'The fastest there is here.',
  chosen: 'Chosen by you.',
  wasmBlocked: "The content security policy of this page's server blocks WebAssembly, so everything is some fifty times slower: script-src has to allow 'wasm-unsafe-eval'.",
  threads: (count: number) => `${count} ${plural(count, { one: 'thread', other: 'threads' })}`,
  isolate: (threads: string) => `${threads}: more need a server that isolates the page (COOP and COEP)`,
  allowBlobs: (threads: string) => `${threads}: more need a content security policy whose worker-src allows blob:`,
  training: 'Training',
  trainingOn: 'on',
  threadsName: 'Threads',
  content: 'Content of an image',
  contentTime: (time: string, count: number) => `${time}, once per image (${count} so far)`,
  style: 'A style',
  styleTime: (time: string, count: number) => `${time} (${count} so far)`,
  notYet: 'not yet',
  memory: 'Memory in use',
  asking: 'asking …',
  memoryNow: (size: string, tensors: number) => `${size}, ${tensors} tensors`,
  imageOf: (width: number, height: number) => `An image of ${width} × ${height}`,
  peak: (size: string) => `about ${size} at most`,
  peakTooMuch: (size: string) => `about ${size} at most: more than this device has`,
  lost: 'The graphics device was lost; it has been opened again.',
};

const { counted } = countingIn('en');

/** What this browser keeps, by kind. */
export const keeping = {
  region: 'What this browser keeps',
  title: 'Kept in this browser',
  nothing: 'Nothing.',
  images: (count: number) => counted(count, { one: 'image', other: 'images' }),
  models: (count: number) => counted(count, { one: 'model', other: 'models' }),
  runs: (count: number) => counted(count, { one: 'training run', other: 'training runs' }),
  downloads: (count: number) => `${counted(count, { one: 'downloaded model', other: 'downloaded models' })}, fetched again when needed`,
  withSize: (what: string, size: string) => `${what}, ${size}`,
  forget: { images: 'Forget the images', models: 'Forget the models', runs: 'Forget the runs', downloads: 'Forget the downloads', everything: 'Forget everything' },
  ask: { images: 'Forget the images, for good?', models: 'Forget the models, for good?', runs: 'Forget the runs, for good?', downloads: 'Forget the downloads, for good?', everything: 'Forget everything, for good?' },
  question: 'Forget for good?',
  yes: 'Forget',
  used: (used: string, quota: string) => `${used} in all, of ${quota} that the browser allows this page.`,
  promised: 'The browser has promised to keep it.',
  mayGo: 'When the disk is full, the browser may clear it: download what matters.',
  forgotten: 'Forgotten.',
  allForgotten: 'Nothing is kept for the next visit.',
  stays: 'A run that is open stays: end it first.',
};
