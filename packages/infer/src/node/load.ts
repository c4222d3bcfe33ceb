import { checkOptions } from '@munit/core';
import type { Model, ModelSource } from '@munit/formats';
import { loadModel } from '@munit/formats/node';
import type { LoadTranslatorOptions } from '../load/loadOptions.js';
import { loadTranslatorOn } from '../load/loadTranslator.js';
import { createTranslatorOn, type Translator, type TranslatorModel } from '../translator/translator.js';
import { translatorNames, type TranslatorOptions } from '../translator/translatorOptions.js';
import { noteModel } from './modelDigest.js';
import { type FilePicture, nodePlatform } from './picture.js';

/** `loadTranslator` that also takes paths, of models and of images, and whose pictures can be saved. @throws as `loadTranslator` */
export async function loadTranslator(source: ModelSource, options: LoadTranslatorOptions = {}): Promise<Translator<FilePicture>> {
  let model: Model | undefined;
  const translator = await loadTranslatorOn(nodePlatform, async (from: ModelSource, how) => (model = await loadModel(from, how)), source, options);
  if (model !== undefined) noteModel(translator, model, options.dtype);
  return translator;
}

/** `createTranslator` that also takes paths of images, and whose pictures can be saved. @throws as `createTranslator` */
export async function createTranslator(model: TranslatorModel, options: TranslatorOptions = {}): Promise<Translator<FilePicture>> {
  checkOptions('createTranslator', options, translatorNames);
  const translator = await createTranslatorOn(nodePlatform, model, options);
  noteModel(translator, model);
  return translator;
}
