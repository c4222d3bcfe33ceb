/** All that the studio says, in Chinese. Fetched when it is first chosen. */
import type { Words } from '../types.js';
import { camera, image, live, pad } from './image.js';
import { bundled, exporting, kinds, loading, model } from './model.js';
import { common, device, keeping, kept, keys, link, page, part } from './page.js';
import { announced, losses, result, run, samples, settings, setup } from './training.js';
import { example, intro, map, save, stage, style, variations } from './translate.js';
import { compare, evaluate, grid, morph } from './views.js';

export const chinese = {
  common, page, part, keys, kept, link, device, keeping,
  model, loading, exporting, bundled, kinds,
  image, camera, pad, live,
  stage, intro, style, map, example, variations, save,
  morph, grid, compare, evaluate,
  setup, settings, run, announced, losses, samples, result,
} satisfies Words;
