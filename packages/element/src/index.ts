export { type DefineOptions, defineMunitTranslator, MunitTranslatorElement } from './element.js';
export { type MunitTranslatorEventMap, type TranslateDetail, TranslatorProgressEvent } from './events.js';
export { defaultLabels, type TranslatorLabels } from './labels.js';
export { type ControlName, controlNames } from './parts/controls.js';
export { type ElementImage } from './model/image.js';
