/** The conductor's side: a contestant in a process of its own, which computes only when asked. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Answer, Answers, Greeting, Request } from './protocol.js';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A running contestant. */
export interface Remote {
  readonly version: string;
  /** @throws Error with the contestant's words when it fails or dies */
  ask<R extends Request>(request: R): Promise<Answers[R['do']]>;
  /** Ends the process, and waits until its memory is free again. */
  close(): Promise<void>;
}

/** What is not there, and why. */
export class Absent extends Error {}

/** Nothing that is asked takes this long, even on a slow machine. */
const patience = 20 * 60_000;

/**
 * Starts a process and waits for its greeting; it does not outlive ours.
 * @param limit milliseconds to wait for an answer
 * @throws Absent when it says that it cannot run here
 */
export async function start(name: string, { file, args, env }: Command, limit = patience): Promise<Remote> {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('close', () => process.off('exit', kill));
  const died = lastWords(name, child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const timer = setTimeout(kill, limit);
    try {
      const line = await Promise.race([lines.next(), died.promise]);
      return line.done === true ? await died.promise : (JSON.parse(line.value) as unknown);
    } finally {
      clearTimeout(timer);
    }
  };
  const greeting = (await next()) as Greeting;
  if ('absent' in greeting) throw new Absent(greeting.absent);
  return {
    version: greeting.version,
    ask: async <R extends Request>(request: R) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = (await next()) as Answer<R['do']>;
      if ('error' in answer) throw new Error(`${name} could not ${request.do}: ${answer.error}`);
      return answer as Answers[R['do']];
    },
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await gone;
    },
  };
}

/** A promise that fails with what the process last said when it ends, or cannot start. */
function lastWords(name: string, child: ChildProcess): { readonly promise: Promise<never> } {
  let tail = '';
  child.stderr?.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-2000)));
  const promise = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(new Absent(`${name} could not be started: ${error.message}`)));
    child.once('close', (code, signal) => reject(new Error(`${name} ended with ${signal ?? String(code)}. ${tail.trim()}`)));
  });
  // Whoever asks next will hear of it.
  promise.catch(() => undefined);
  return { promise };
}
