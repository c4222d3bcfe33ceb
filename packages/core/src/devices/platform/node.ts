import { isMainThread } from 'node:worker_threads';
import { createNodePlatform } from './createNode.js';
import type { Platform } from './types.js';

export const platform: Platform = createNodePlatform({
  // An optional peer: the name stays out of bundlers' sight, so that they do not fail where it is not installed.
  importModule: (name) => import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<unknown>,
  isMainThread,
  environment: process.env,
});
