/** What a film is to those who translate it. */
import type { PixelImage, Size } from '@munit/images';
import type { InputAudioTrack } from 'mediabunny';

/** One frame. */
export interface FilmFrame {
  /** When it is shown, in seconds; frames come in this order. */
  readonly timestamp: number;
  /** In seconds. */
  readonly duration: number;
  /** Upright, with square pixels. */
  readonly pixels: PixelImage;
}

/** An open film. */
export interface FilmSource {
  /** Such as `MP4, avc`. */
  readonly format: string;
  /** Of its frames, upright. */
  readonly size: Size;
  /** Frames that the file says it has. */
  readonly count: number;
  /** Its tracks of sound. */
  readonly sound: readonly InputAudioTrack[];
  /** Its frames that are shown later than `after`. @throws DataError where one cannot be decoded */
  frames(after: number): AsyncGenerator<FilmFrame, void, undefined>;
  close(): void;
}
