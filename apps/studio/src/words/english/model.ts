/** The model: choosing, loading, exporting it. */

export const model = {
  title: 'Model',
  choose: 'Choose …',
  change: 'Change …',
  stopLoading: 'Stop loading',
  none: 'No model is loaded.',
  proposed: 'The model of the link',
  proposedBefore: 'The link names a model on ',
  proposedAfter: (address: string) => `: ${address}. That host learns that you fetch it, and nothing of your images.`,
  fetch: 'Fetch it',
  use: (name: string) => `Use ${name}`,
  withStyles: (kind: string, count: number) => `${kind}, ${count} style numbers`,
  withoutStyles: (kind: string) => `${kind}, one result per image`,
  export: 'Export this model',
  swap: (from: string, to: string) => `Swap: ${from} to ${to} instead`,
  dialog: 'Choose a model',
  bundled: 'Models that come with the studio',
  yours: 'Your models, kept in this browser',
  about: (size: string, used: string) => `Yours, ${size}, used ${used}. Kept in this browser.`,
  gone: (name: string) => `${name} is no longer kept by this browser.`,
  drop: 'Drop a model',
  dropWhat: 'Drop a model folder or its `.zip`, a `.safetensors` file or an official `gen_….pt` here',
  stays: 'It is read here and sent nowhere.',
  address: 'Address of a model folder or file, or hf:owner/name',
  addressExample: 'hf:owner/name',
  notAddress: 'An address begins with https:// or hf:, as in hf:owner/name.',
  load: 'Load',
  unusable: (name: string, why: string) => `${name} cannot be used. ${why}`,
  notCached: 'The browser would not keep the model, so it is fetched again next time.',
  notCachedBecause: (why: string) => `The browser would not keep the model, so it is fetched again next time (${why}).`,
  notHere: (name: string) => `The model “${name}” is not on this machine, or no longer kept: choose it under Model.`,
  unknown: (text: string, known: string) => `The link names a model “${text}”, which the studio does not have. A model is ${known}, an address, or hf:owner/name.`,
  failedTwice: 'The worker failed twice in a short time.',
  failedTwiceRemedy: 'Choose a smaller size, or reload the page.',
  failed: (name: string) => `The worker failed, so ${name} is loaded again.`,
  notStored: (name: string, size: string) => `${name} (${size}) is used without being kept. Under Device you see what this browser keeps, and can make room.`,
  notArchive: (name: string) => `${name} is not an archive that can be read.`,
  notArchiveRemedy: 'Fetch or save it again.',
  noModelIn: (name: string) => `${name} holds no model.`,
  noModelRemedy: 'A model is a model.json with its .safetensors, or a gen_….pt file.',
  unnamed: 'model',
};

/** How far loading is. */
export const loading = {
  starting: 'Starting',
  of: (name: string) => `Loading ${name}`,
  fetching: (file: string, loaded: string) => `Fetching ${file}: ${loaded}`,
  fetchingOf: (file: string, loaded: string, total: string) => `Fetching ${file}: ${loaded} of ${total}`,
  cached: (file: string, loaded: string) => `Reading ${file} from the cache: ${loaded}`,
  cachedOf: (file: string, loaded: string, total: string) => `Reading ${file} from the cache: ${loaded} of ${total}`,
  cache: 'Checking the cache',
  checking: (file: string) => `Checking ${file}`,
  reading: (file: string) => `Reading ${file}`,
  uploading: (size: string) => `Uploading ${size}`,
  compiling: 'Compiling GPU programs',
  ready: 'Ready',
};

export const exporting = {
  title: (name: string) => `Export ${name}`,
  folder: 'Folder',
  folderAbout: 'A model folder as an archive: weights, a description, a model card. For munit everywhere, this page, and Hugging Face.',
  safetensors: 'safetensors',
  safetensorsAbout: 'One file that describes itself. For munit, and any program that reads safetensors.',
  pytorch: 'PyTorch',
  pytorchAbout: 'What the published code loads.',
  onnx: 'ONNX',
  onnxAbout: 'Graphs of the encoders, the decoder and the whole translation, as an archive. For ONNX Runtime and the like.',
  half: 'Half precision: half the size, with hardly a difference',
  save: 'Save the model',
  writing: 'Writing the model',
};

/** The bundled models, by id. */
export const bundled = {
  animals: {
    name: 'Animals',
    about: 'Line drawings of animals to animals in colour and back, trained with munit on drawings that anyone may use. A few megabytes.',
    a: 'black line drawings of animal faces on white',
    b: 'animal faces in plain colours on white',
    sampleA: (number: number) => `Drawing ${number}`,
    sampleB: (number: number) => `Animal ${number}`,
  },
  shapes: {
    name: 'Shapes',
    about: 'Outlines to coloured shapes and back, trained with munit on its synthetic set. A few megabytes.',
    a: 'black outlines on white',
    b: 'plain coloured shapes on white',
    sampleA: (number: number) => `Outline ${number}`,
    sampleB: (number: number) => `Coloured shape ${number}`,
  },
};

/** What the bundled models, and those that are trained on the built-in shapes, call their kinds of images. */
export const kinds = { drawings: 'drawings', animals: 'animals', outlines: 'outlines', colours: 'colours' };
