import { bundlerRow, bundlers } from './bundlers.mjs';
import { compilerRow, compilers } from './compilers.mjs';
import { nodeRow, nodes } from './nodes.mjs';
import { runtimeRows, yarnRow } from './others.mjs';

/**
 * What munit is used with: bundlers, release lines of Node, compilers, other runtimes. The table in docs/guide/bundlers.md names the same.
 * @param {string} checkout @returns {import('../strangers.mjs').Stranger[]}
 */
export const matrix = (checkout) => [
  ...bundlers.map((bundler) => bundlerRow(checkout, bundler)),
  ...nodes.map((line) => nodeRow(checkout, line)),
  ...compilers.map(compilerRow),
  ...runtimeRows(checkout),
  yarnRow(checkout),
];
