import { DataError } from '@munit/core/errors';

/** sharp's function. */
export type Sharp = typeof import('sharp').default;

/** Loads sharp with the first image. @throws DataError when it is not installed or does not load */
export async function loadSharp(): Promise<Sharp> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new DataError(`Reading and writing image files in Node needs the package sharp (${reason}).`, { cause, remedy: 'Install it: npm install sharp' });
  }
}
