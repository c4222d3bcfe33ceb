export { type Conversion, convertModel, type ConvertOptions, type ModelForm } from './convert.js';
export {
  type InterpolateFilesOptions,
  translateFiles,
  type TranslateFilesOptions,
  type TranslateFilesProgress,
  type TranslateFilesResult,
} from './files/translateFiles.js';
export { createTranslator, loadTranslator } from './load.js';
export { FilePicture, readImage } from './picture.js';
