import { spawn } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What went wrong, in words for the user. */
export class Problem extends Error {}

/** @param {string} text */
export const say = (text) => void process.stdout.write(`${text}\n`);

/**
 * Runs a command and hands back what it printed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} remedy What to do when it is not there or fails.
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>}
 */
export async function run(command, args, remedy, options = {}) {
  /** @type {string[]} */
  const printed = [];
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (/** @type {string} */ text) => printed.push(text));
    }
    child.once('error', (error) => reject(new Problem(`${command} cannot be run (${error.message}). ${remedy}`)));
    child.once('close', resolve);
  });
  const text = printed.join('');
  if (code === 0) return text;
  const end = text.trim().split('\n').slice(-12).join('\n  ');
  throw new Problem(`${[command, ...args].join(' ').slice(0, 300)} failed:\n  ${end}\n${remedy}`);
}

/** @param {string} folder Its size without what it links to. */
export function sizeOf(folder) {
  const bytes = (/** @type {string} */ path) => {
    const entry = lstatSync(path);
    if (!entry.isDirectory()) return entry.size;
    /** @type {number} */
    let sum = 0;
    for (const name of readdirSync(path)) sum += bytes(join(path, name));
    return sum;
  };
  return `${(bytes(folder) / 1e9).toFixed(2)} GB`;
}
