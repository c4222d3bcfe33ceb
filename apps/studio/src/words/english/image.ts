/** Images: adding, drawing, photographing them. */
import { countingIn } from '../plural.js';

const { plural } = countingIn('en');

export const image = {
  title: 'Image',
  draw: 'Draw',
  add: 'Add',
  addImages: 'Add images',
  photo: 'Photo',
  takePhoto: 'Take a photo',
  list: 'Images to translate',
  remove: 'Remove',
  removeThis: (name: string) => `Remove ${name}`,
  removeAll: (count: number) => `Remove all ${count}`,
  removed: 'The image was removed. Undo brings it back.',
  allRemoved: (count: number) => `${count} images were removed. Undo brings them back.`,
  hint: 'Draw one, or drop or paste images anywhere.',
  ofShorterSide: ' of the shorter side',
  asTrained: 'as trained',
  pixels: (side: number) => `${side} px`,
  pixelsAsTrained: (side: number) => `${side} px, as trained`,
  tooLarge: (side: number) => `This model was trained at ${side} px; much larger images give poorer results.`,
  added: (count: number) => `${count} images were added.`,
  broken: (count: number, names: string) => `${count} files are not images that this browser can read: ${names}. Use JPEG, PNG, WebP, AVIF or SVG files.`,
  unreadable: (name: string) => `${name} is not an image that this browser can read.`,
  unreadableRemedy: 'Use a JPEG, PNG, WebP, AVIF or SVG file.',
  notKept: (name: string) => `${name} is no longer kept by this browser.`,
  notKeptRemedy: 'Add it again.',
  noSample: (name: string) => `The sample ${name} is missing.`,
  noSampleRemedy: 'Reload the page.',
  changedElsewhere: (name: string) => `${name} was also changed in another tab: what you draw here is kept as an image of its own.`,
  /** The name of a file. */
  linesOf: (name: string) => `${name}, lines.png`,
  strange: (kind: string, name: string) => `This model has only seen ${kind}, and ${name} looks different: the result will be poor.`,
  strangeLines: 'Make a line drawing of it, draw something, or choose a model for such images.',
  strangeDraw: 'Draw something, or choose a model for such images.',
  drawLines: 'Draw its lines',
};

export const camera = {
  see: 'What the camera sees',
  take: 'Take it',
  /** The name of a file. */
  photo: (time: string) => `photo ${time}.png`,
  unusable: (why: string) => `The camera cannot be used: ${why}`,
};

export const pad = {
  /** What a drawing is called. */
  name: 'Drawing',
  paper: 'Paper: draw with mouse, pen or finger',
  pen: 'Pen',
  eraser: 'Eraser',
  colour: 'Colour of the pen',
  width: 'Width',
  empty: 'Empty sheet',
  waits: 'Here comes what you draw, translated.',
};

/** A camera or a film, translated while it runs. */
export const live = {
  region: 'Live translation',
  title: 'Live',
  drop: 'Drop a film',
  about: 'Your camera, or a film, translated frame by frame in the style in use. It stays in this page.',
  useCamera: 'Use the camera',
  chooseFilm: 'Choose a film',
  cameraSeen: 'The camera, as the model sees it',
  filmSeen: 'The film, as the model sees it',
  translation: 'Its translation',
  rateTitle: 'Frames translated in a second',
  first: 'Translating the first frame …',
  rate: (frames: string) => `${frames} frames/s`,
  endCamera: 'End the camera',
  closeFilm: 'Close the film',
  whichStyle: 'The style is the one of the Translate view.',
  anotherStyle: 'Another style',
  asLines: 'Turn frames into line drawings',
  asLinesAbout: 'For models that have seen drawings alone: the lines of each frame are drawn first.',
  record: 'Record',
  everyFrame: 'Translate every frame',
  frames: (count: number) => `${count} ${plural(count, { one: 'frame', other: 'frames' })}`,
  stopAndSave: 'Stop and save',
  silent: 'Videos are saved without sound; the command `munit translate` keeps it.',
  noCamera: 'This page has no camera.',
  noCameraRemedy: 'Browsers give one to pages served over https or from this machine.',
  unusable: (why: string) => `The camera cannot be used: ${why}.`,
  unusableRemedy: 'Allow this page to use it, and close other programs that do.',
  cameraStopped: 'The camera has stopped.',
  cameraStoppedRemedy: 'Check that it is connected and that this page may use it, and open it again.',
  noPicture: 'The camera shows no picture.',
  noPictureRemedy: 'Close other programs that use it, and try again.',
  notFilm: (name: string) => `${name} is not a film that this browser plays.`,
  notFilmRemedy: 'Use MP4 (H.264), WebM or MOV.',
  notToEnd: 'The film cannot be read to its end.',
  nothingYet: 'Nothing was translated yet.',
  nothingYetRemedy: 'Wait for the first image.',
  noVideo: 'This browser can write no video.',
  noVideoRemedy: 'Save single images instead.',
  notWritten: (why: string) => `The video could not be written: ${why}`,
  notWrittenRemedy: 'Choose a smaller size or fewer images.',
};
