import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { inRoot, root } from './paths.mjs';
import { pnpmBinFolder } from './toolchain.mjs';

/**
 * @typedef {object} ExecOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] Added to the environment.
 * @property {boolean} [stream] Show the output as it comes, instead of only returning it.
 * @property {number} [minutes] The command is killed after this long.
 *
 * @typedef {{ code: number, output: string }} ExecResult
 */

/**
 * Runs a command to its end; never rejects for a command that fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {ExecOptions} [options]
 * @returns {Promise<ExecResult>}
 */
export function exec(command, args, options = {}) {
  const { cwd = root, env = {}, stream = false, minutes = 30 } = options;
  // A `.cmd` shim can only be started through a shell.
  const shell = process.platform === 'win32' && !command.endsWith('.exe');
  return new Promise((resolve) => {
    const child = spawn(shell ? `"${command}"` : command, [...args], {
      cwd,
      shell,
      env: environment(env),
      stdio: ['ignore', stream ? 'inherit' : 'pipe', stream ? 'inherit' : 'pipe'],
    });
    let output = '';
    const collect = (/** @type {Buffer} */ chunk) => (output += chunk.toString());
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const timer = setTimeout(() => {
      output += `\nStopped: not done after ${minutes} minutes.`;
      child.kill('SIGKILL');
    }, minutes * 60_000);
    const end = (/** @type {number} */ code) => {
      clearTimeout(timer);
      resolve({ code, output });
    };
    child.on('error', (error) => {
      output += `${command}: ${error.message}`;
      end(127);
    });
    child.on('close', (code, signal) => end(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

/**
 * Runs a tool of the workspace's own `node_modules/.bin`.
 * @param {string} name
 * @param {readonly string[]} args
 * @param {ExecOptions} [options]
 */
export function tool(name, args, options) {
  return exec(inRoot('node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name), args, options);
}

/**
 * Runs a compiled entry of the workspace in this same Node, with the terminal attached.
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<number>} its exit code
 */
export function node(args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], { stdio: 'inherit', env: environment(env) });
    // The terminal sends Ctrl-C to both: the program ends as it sees fit, and we wait for it.
    const ignore = () => {};
    process.on('SIGINT', ignore);
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

/** @param {Record<string, string | undefined>} extra */
function environment(extra) {
  const pnpm = pnpmBinFolder();
  const path = existsSync(pnpm) ? [pnpm, process.env.PATH].join(delimiter) : process.env.PATH;
  return { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', ...extra };
}
