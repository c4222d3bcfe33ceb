/** What is to be translated now, as the controls say. */
import { computed } from '@preact/signals';
import { image } from '../image/library.js';
import { model } from '../model/session.js';
import { source, target } from '../direction.js';
import type { ContentRequest } from './contents.js';
import type { DecodeRequest } from './decode.js';
import { side } from './side.js';

/** Without the style. Undefined without a model. */
export const subject = computed<Omit<DecodeRequest, 'style'> | undefined>(() => {
  const loaded = model.value;
  if (loaded === undefined) return undefined;
  const content: ContentRequest = { model: loaded, image: image.value, side: side.value, from: source.value };
  return { ...content, to: target.value };
});
