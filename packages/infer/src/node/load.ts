import type { ModelSource } from '@munit/formats';
import { loadModel } from '@munit/formats/node';
import { loadTranslatorOn, type LoadTranslatorOptions } from '../load/loadTranslator.js';
import { createTranslatorOn, type Translator, type TranslatorModel, type TranslatorOptions } from '../translator/translator.js';
import { type FilePicture, nodePlatform } from './picture.js';

/** `loadTranslator` that also takes paths, of models and of images, and whose pictures can be saved. @throws as `loadTranslator` */
export function loadTranslator(source: ModelSource, options: LoadTranslatorOptions = {}): Promise<Translator<FilePicture>> {
  return loadTranslatorOn(nodePlatform, loadModel, source, options);
}

/** `createTranslator` that also takes paths of images, and whose pictures can be saved. @throws as `createTranslator` */
export function createTranslator(model: TranslatorModel, options: TranslatorOptions = {}): Promise<Translator<FilePicture>> {
  return createTranslatorOn(nodePlatform, model, options);
}
