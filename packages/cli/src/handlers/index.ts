import type { Actions } from '../actions.js';

/** The commands' work, loaded when it is asked for: help and mistakes answer at once. */
export const actions: Actions = {
  train: async (request, io, signal) => (await import('./train.js')).train(request, io, signal),
  evaluate: async (request, io, signal) => (await import('./evaluate.js')).evaluate(request, io, signal),
  translate: async (request, io, signal) => (await import('./translate.js')).translate(request, io, signal),
  convert: async (request, io, signal) => (await import('./convert.js')).convert(request, io, signal),
};
