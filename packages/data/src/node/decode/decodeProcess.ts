import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type ArgsOf, Channel, type ResultOf } from '@munit/core/channel';
import { type ChannelError, DataError } from '@munit/core/errors';
import { BrokenImageError } from '@munit/images';
import { isSource, startProcess } from '../entry.js';
import type { DecodeCalls } from './protocol.js';

function workerUrl(): URL {
  if (isSource(import.meta.url)) return new URL('./decodeWorker.ts', import.meta.url);
  return new URL('./decodeWorker.js', import.meta.url);
}

/** One child process. It keeps the parent alive only while it has work. */
export class DecodeProcess {
  readonly #child: ChildProcess;
  readonly #channel: Channel<DecodeCalls>;
  readonly #exited: Promise<void>;

  /**
   * @param onGone called when the process ends by itself, after its calls have failed with the same error
   * @throws DataError when its program is not there
   */
  constructor(onGone: (error: ChannelError) => void) {
    const program = workerUrl();
    if (!existsSync(program)) {
      throw new DataError(`Images are decoded by the program ${program.href}, which is not there.`, {
        remedy: 'Install @munit/data as it is published; a bundler must leave it out of the bundle (external).',
      });
    }
    this.#child = startProcess(program, {
      serialization: 'advanced',
      // The parent's standard output may be JSON lines: nothing of a decoder belongs there, nor libvips' warnings on the terminal.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, VIPS_WARNING: '1' },
    });
    this.#channel = new Channel(this.#child, { background: true, name: 'The decode process', errors: { BrokenImageError }, onGone });
    this.#exited = new Promise((resolve) => {
      this.#child.on('exit', () => resolve());
      // Without a pid the process could not be started, and 'exit' never comes.
      this.#child.on('error', () => {
        if (this.#child.pid === undefined) resolve();
      });
    });
  }

  /** @throws BrokenImageError, DataError as `decodeFile`; ChannelError when the process is gone */
  call<Name extends keyof DecodeCalls>(name: Name, args: ArgsOf<DecodeCalls, Name>): Promise<ResultOf<DecodeCalls, Name>> {
    return this.#channel.call(name, args);
  }

  /** Ends a process that does not answer; `onGone` follows. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Ends the process and waits until it has ended. */
  async stop(): Promise<void> {
    this.#channel.close();
    // Otherwise the event loop could end before the process has.
    this.#child.ref();
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
