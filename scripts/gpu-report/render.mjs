import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { exec } from '../lib/exec.mjs';
import { inRoot } from '../lib/paths.mjs';
import { seconds } from '../lib/say.mjs';

/** @typedef {import('../gpu-report.mjs').Done} Done */

/** How much of a step's output is kept: its end says most. */
const lines = 150;

/**
 * The report in Markdown: a table of what passed, then each step's output.
 * @param {readonly Done[]} done
 * @param {number} ms
 * @returns {Promise<string>}
 */
export async function renderReport(done, ms) {
  const { output: commit } = await exec('git', ['describe', '--always', '--dirty']);
  const { version } = /** @type {{ version: string }} */ (JSON.parse(readFileSync(inRoot('packages/core/package.json'), 'utf8')));
  const table = done.map(({ title, code, ms: took, output }) => `| ${title} | ${verdict(code)} | ${code === -1 ? '' : seconds(took)} | ${code === -1 ? output : summaryOf(output)} |`);
  const text = [
    '# munit on a GPU',
    '',
    `munit ${version}, commit ${commit.trim() || 'unknown'}, Node ${process.version}, ${process.platform} ${process.arch}; ${new Date().toISOString()}, ${seconds(ms)} so far.`,
    '',
    '| step | | took | |',
    '| --- | --- | --- | --- |',
    ...table,
    '',
    ...done.flatMap(section),
  ].join('\n');
  // It is made for pasting: the user's folder bears the user's name.
  return homedir().length > 1 ? text.replaceAll(homedir(), '~') : text;
}

/** @param {number} code */
const verdict = (code) => (code === 0 ? 'passed' : code === -1 ? 'not run' : `**failed** (${code})`);

/** @param {Done} done */
function section({ title, code, command, args, output }) {
  const all = plain(output).trimEnd().split('\n');
  const kept = all.length > lines ? [`… ${all.length - lines} lines before`, ...all.slice(-lines)] : all;
  const line = [command === process.execPath ? 'node' : command, ...args].join(' ').replaceAll(`${inRoot('.')}/`, '');
  return [`<details${code === 0 ? '' : ' open'}><summary>${title}: ${verdict(code)}</summary>`, '', '```', `$ ${line}`, ...kept, '```', '', '</details>', ''];
}

/** The line that counts, where there is one. @param {string} output */
function summaryOf(output) {
  const found = plain(output).split('\n').findLast((line) => /^\s*(Tests\s|\d+ passed, \d+ failed|Finished at step|munit takes|munit: |The device '|Done: )/.test(line));
  return (found ?? '').trim().replaceAll('|', ',');
}

/** @param {string} text */
// eslint-disable-next-line no-control-regex
const plain = (text) => text.replaceAll(/\u001B\[[0-9;]*m/g, '');
