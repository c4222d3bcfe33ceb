/** Decoders that are closed after an error. */
import type { CustomAudioDecoder, CustomVideoDecoder } from 'mediabunny';

/** What `mediabunny` exports. */
export type Mediabunny = typeof import('mediabunny');

/** What both kinds of decoder do with packets; `onError` is for the decoder to call. */
interface PacketDecoder {
  decode(packet: unknown): unknown;
  flush(): unknown;
  readonly onError: (error: unknown) => undefined;
}
type DecoderClass = typeof CustomVideoDecoder | typeof CustomAudioDecoder;

/** The decoder classes that `register` registers. mediabunny has no list of them, but asks of each whether it extends the class of its kind. */
function classesOf({ CustomVideoDecoder: video, CustomAudioDecoder: audio }: Mediabunny, register: () => void): { readonly prototype: PacketDecoder }[] {
  const found = new Set<{ readonly prototype: PacketDecoder }>();
  const kinds: readonly DecoderClass[] = [video, audio];
  for (const kind of kinds) {
    Object.defineProperty(kind, Symbol.hasInstance, {
      configurable: true,
      value: (candidate: object) => {
        const extendsIt = Object.prototype.isPrototypeOf.call(kind.prototype, candidate);
        if (extendsIt) found.add(candidate.constructor as unknown as { readonly prototype: PacketDecoder });
        return extendsIt;
      },
    });
  }
  try {
    register();
  } finally {
    for (const kind of kinds) Reflect.deleteProperty(kind, Symbol.hasInstance);
  }
  return [...found];
}

/**
 * Registers decoders whose errors go to `onError` alone. mediabunny calls one after the other in a chain of promises: one that rejects breaks the
 * chain, so that the decoder is never closed, and the rejection of its `close` reaches nobody, which ends a Node process.
 */
export function registerClosable(library: Mediabunny, register: () => void): void {
  for (const { prototype } of classesOf(library, register)) {
    const failed = new WeakSet<PacketDecoder>();
    for (const name of ['decode', 'flush'] as const) {
      const work = prototype[name] as (this: PacketDecoder, ...args: unknown[]) => unknown;
      prototype[name] = async function (this: PacketDecoder, ...args: unknown[]): Promise<void> {
        if (failed.has(this)) return;
        try {
          await work.apply(this, args);
        } catch (error) {
          failed.add(this);
          this.onError(error);
        }
      };
    }
  }
}
