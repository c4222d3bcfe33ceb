import type { ChildProcess } from 'node:child_process';
import { isSource, startProcess } from '../entry.js';
import type { Reply, Request } from './protocol.js';

function workerUrl(): URL {
  if (isSource(import.meta.url)) return new URL('./decodeWorker.ts', import.meta.url);
  return new URL('./decodeWorker.js', import.meta.url);
}

export interface DecodeProcessHandlers {
  readonly onReply: (reply: Reply) => void;
  /** The process is gone; `unanswered` are the requests that it took along, oldest first. */
  readonly onExit: (unanswered: readonly Request[], how: string) => void;
}

/** One child process. It keeps the parent alive only while it has work. */
export class DecodeProcess {
  readonly #child: ChildProcess;
  readonly #unanswered = new Map<number, Request>();
  readonly #exited: Promise<void>;
  #stopping = false;

  constructor({ onReply, onExit }: DecodeProcessHandlers) {
    this.#child = startProcess(workerUrl(), {
      serialization: 'advanced',
      // The parent's standard output may be JSON lines: nothing of a decoder belongs there, nor libvips' warnings on the terminal.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, VIPS_WARNING: '1' },
    });
    this.#release();
    this.#child.on('message', (reply: Reply) => {
      this.#unanswered.delete(reply.id);
      if (this.#unanswered.size === 0) this.#release();
      onReply(reply);
    });
    // 'error' without a pid: the process could not be started, and 'exit' never comes.
    this.#exited = new Promise((resolve) => {
      let gone = false;
      const exit = (how: string): void => {
        if (gone) return;
        gone = true;
        resolve();
        onExit([...this.#unanswered.values()], how);
      };
      this.#child.on('exit', (code, signal) => exit(signal === null ? `exit code ${String(code)}` : signal));
      this.#child.on('error', (error) => {
        if (this.#child.pid === undefined) exit(error.message);
      });
    });
  }

  get load(): number {
    return this.#unanswered.size;
  }

  send(request: Request): void {
    if (this.#unanswered.size === 0) this.#hold();
    this.#unanswered.set(request.id, request);
    // A failed write means that the process is going down: its exit reports the request.
    this.#child.send(request, () => undefined);
  }

  /** Ends the process and waits until it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#hold();
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #hold(): void {
    this.#child.ref();
    this.#child.channel?.ref();
  }

  #release(): void {
    // A late reply must not let the event loop end before the process has.
    if (this.#stopping) return;
    this.#child.unref();
    this.#child.channel?.unref();
  }
}
