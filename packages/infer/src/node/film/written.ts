/** What a film is written as, in types that need no mediabunny: they are public, and that package is an optional peer. */

/** Names of films end so. */
export const filmEndings = ['mp4', 'm4v', 'mov', 'mkv', 'webm'] as const;

/** What a film is written as. */
export type FilmEnding = (typeof filmEndings)[number];

/** What became of a track of sound: copied as it was, or encoded again, where the file cannot hold its codec. */
export interface SoundTrack {
  /** Of the film that was read, such as `aac`. */
  readonly codec: string;
  /** `copied`, packet by packet, or the codec in which it was encoded again, such as `opus`. */
  readonly as: string;
}
