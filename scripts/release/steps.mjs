import { mkdirSync } from 'node:fs';
import { exec } from '../lib/exec.mjs';
import { npm } from '../lib/pnpm.mjs';

/**
 * Runs commands one after the other, to the first that fails.
 * @param {string} cwd @param {Record<string, string>} env @param {readonly (readonly ['npm' | 'npx' | 'node', readonly string[]])[]} commands
 * @returns {Promise<string[]>}
 */
export async function steps(cwd, env, commands) {
  mkdirSync(cwd, { recursive: true });
  for (const [command, args] of commands) {
    const options = { cwd, env, minutes: 10 };
    const { code, output } = await (command === 'node' ? exec(process.execPath, args, options) : npm(command === 'npx' ? ['exec', ...withDashes(args)] : args, options));
    if (code !== 0) return [`\`${command} ${args.join(' ')}\` in ${cwd} exits with ${code}:\n${output}`];
  }
  return [];
}

/** `npx --yes name args` is `npm exec --yes -- name args`. @param {readonly string[]} args */
const withDashes = (args) => [...args.filter((arg) => arg === '--yes').slice(0, 1), '--', ...args.filter((arg, at) => arg !== '--yes' || at > 0)];
