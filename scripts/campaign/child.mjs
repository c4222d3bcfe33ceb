/** The command in a process of its own. */
import { spawn } from 'node:child_process';

/**
 * @typedef {{ code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string, late: boolean }} Ended
 * @typedef {{ env?: Record<string, string>, cwd?: string, deadlineMs?: number, killAfterMs?: number | undefined, stop?: AbortSignal | undefined }} StartOptions
 */

/** More than any run of a campaign prints. */
const mostOutput = 1_000_000;

/**
 * Runs the command to its end, or to its deadline.
 * @param {string} main
 * @param {readonly string[]} args
 * @param {StartOptions} [options]
 * @returns {Promise<Ended>}
 */
export function munit(main, args, { env = {}, cwd, deadlineMs = 600_000, killAfterMs, stop } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    const out = { stdout: '', stderr: '' };
    for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
      child[stream].setEncoding('utf8');
      child[stream].on('data', (/** @type {string} */ text) => {
        if (out[stream].length < mostOutput) out[stream] += text;
      });
    }
    let late = false;
    const timers = [setTimeout(() => (late = child.kill('SIGKILL')), deadlineMs)];
    if (killAfterMs !== undefined) timers.push(setTimeout(() => child.kill('SIGKILL'), killAfterMs));
    const end = () => void child.kill('SIGKILL');
    stop?.addEventListener('abort', end, { once: true });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      for (const timer of timers) clearTimeout(timer);
      stop?.removeEventListener('abort', end);
      resolve({ code, signal, ...out, late });
    });
  });
}

/** What a user must never see: an error that nobody has named, or a stack. @param {string} text */
export const isRaw = (text) => /unexpected error|\n {4}at |UnhandledPromise|node:internal/.test(text);

/** The end of what a process printed. @param {Ended} ended */
export const tail = ({ code, signal, stderr, late }) => `${late ? 'was not over at its deadline' : `ended with ${signal ?? code}`}: ${stderr.replaceAll(/^\{.*\n/gm, '').trim().slice(-1500)}`;
