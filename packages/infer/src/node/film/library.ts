/** The library that reads and writes films, loaded when the first one is read. */
import { DataError } from '@munit/core';
import { type Mediabunny, registerClosable } from './decoders.js';

/** `mediabunny` reads and writes the files, `@mediabunny/server` brings the decoders and encoders of FFmpeg. @throws DataError when one is not installed */
export async function loadMediabunny(): Promise<Mediabunny> {
  try {
    const [library, server] = await Promise.all([import('mediabunny'), import('@mediabunny/server')]);
    // In software: the same frames give the same file on every machine, and no search for GPUs writes to the terminal.
    registerClosable(library, () => server.registerMediabunnyServer({ hardwareContext: null }));
    return library;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new DataError(`Reading and writing films needs the packages mediabunny and @mediabunny/server (${reason}).`, {
      cause,
      remedy: 'Install them: npm install mediabunny @mediabunny/server. Or translate the frames as images: ffmpeg -i film.mp4 frames/%05d.png',
    });
  }
}

/** A film that cannot be used. `reason` continues a sentence: "ends in the middle". */
export const brokenFilm = (path: string, reason: string, remedy: string, cause?: unknown): DataError => new DataError(`The film ${path} ${reason}.`, { remedy, cause });

/** The first line of what a library says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim().replace(/\.$/, '');
