/** The worker's side. */
import { AbortedError, ArgumentError, checkOptions, devicesClosed } from '@munit/core';
import { type CallContext, type ChannelEnd, type Handlers, serveChannel } from '@munit/core/channel';
import type { ModelSource } from '@munit/formats';
import { Picture } from '../images/picture.js';
import type { ImageInput } from '../images/read.js';
import type { LoadTranslatorOptions } from '../load/loadOptions.js';
import { loadTranslator } from '../load/loadTranslator.js';
import type { Translator } from '../translator/translator.js';
import type { ContentCode, ManyStyles, TranslateProgress } from '../translator/types.js';
import { type Calls, errors, type SentImage, type SentPicture, type SentStyleOptions } from './protocol.js';

/** How a translator is served. */
export interface ServeOptions {
  /** The end that the page calls. Default: the worker's own scope. In a thread of Node `parentPort`. */
  readonly port?: ChannelEnd | undefined;
  /** How models are loaded: `loadTranslator` of `@munit/infer/node` in Node. */
  readonly load?: ((source: ModelSource, options: LoadTranslatorOptions) => Promise<Translator>) | undefined;
}

interface Held {
  translator: Translator | undefined;
  /** Settles when no model is being loaded any more. */
  loading: Promise<unknown>;
  closed: boolean;
  readonly contents: Map<number, ContentCode>;
  next: number;
}

const received = (image: SentImage): ImageInput => (typeof image === 'object' && 'planes' in image ? new Picture(image.planes) : image);

/** Does the work on images, and closes bitmaps: they are this thread's own copies, and film frames soon fill its memory. */
async function withImages<T>(images: readonly (SentImage | undefined)[], work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    for (const image of images) if (typeof ImageBitmap === 'function' && image instanceof ImageBitmap) image.close();
  }
}

const sent = ({ width, height, channels, values, style }: Picture): SentPicture => ({ planes: { width, height, channels, values }, style });

/** The options of a call here; `styles` tells one picture from several. */
function styleOptions({ example, ...options }: SentStyleOptions, { signal, progress }: CallContext<TranslateProgress>): ManyStyles {
  const here: object = { ...options, ...(example === undefined ? {} : { example: received(example) }), signal, onProgress: progress };
  // Whether one picture or several were asked for matters to the caller only: the answer is always a list.
  return here as ManyStyles;
}

/** Results on their way, whose buffers move instead of being copied. */
function listed(pictures: Picture | readonly Picture[], { transfer }: CallContext<TranslateProgress>): SentPicture[] {
  const all = [pictures].flat().map(sent);
  transfer(...all.map(({ planes }) => planes.values.buffer));
  return all;
}

function handlersOf(held: Held, load: NonNullable<ServeOptions['load']>): Handlers<Calls> {
  const translator = (): Translator => {
    if (held.translator === undefined) throw new ArgumentError('The worker has no model.', { remedy: 'Load one first.' });
    return held.translator;
  };
  const contentOf = (id: number): ContentCode => {
    const content = held.contents.get(id);
    if (content === undefined) throw new ArgumentError('The content was disposed of.', { remedy: 'Encode the image again, or dispose of it later.' });
    return content;
  };
  const loadHere: Handlers<Calls>['load'] = async ({ source, options }, { signal, progress }) => {
    held.translator?.dispose();
    held.contents.clear();
    const { device, ...rest } = options;
    const all = { ...rest, signal, onProgress: progress, ...(device === undefined ? {} : { device }) } as LoadTranslatorOptions;
    const loaded = await load(source, all);
    if (held.closed) {
      loaded.dispose();
      throw new AbortedError();
    }
    held.translator = loaded;
    return { ...loaded.facts, device: loaded.device };
  };
  return {
    load(args, context) {
      const loading = Promise.resolve(loadHere(args, context));
      held.loading = loading.catch(() => undefined);
      return loading;
    },
    async translate({ images, options }, context) {
      const results: (Picture | Picture[])[] = await withImages([...images, options.example], () => translator().translate(images.map(received), styleOptions(options, context)));
      return results.map((pictures) => listed(pictures, context));
    },
    async encode({ image, from }, { signal }) {
      const content = await withImages([image], () => translator().encode(received(image), { signal, ...(from === undefined ? {} : { from }) }));
      // Whoever asked has gone, and would never dispose of it.
      if (signal.aborted) {
        content.dispose();
        throw new AbortedError();
      }
      const id = held.next++;
      held.contents.set(id, content);
      return { content: id, domain: content.domain, width: content.width, height: content.height };
    },
    decode: async ({ content, options }, context) => listed(await withImages([options.example], () => translator().decode(contentOf(content), styleOptions(options, context))), context),
    reconstruct: async ({ image, domain }, { signal, transfer }) => {
      const picture = sent(await withImages([image], () => translator().reconstruct(received(image), { signal, ...(domain === undefined ? {} : { domain }) })));
      transfer(picture.planes.values.buffer);
      return picture;
    },
    styleOf: ({ image, domain }, { signal }) => withImages([image], () => translator().styleOf(received(image), { signal, ...(domain === undefined ? {} : { domain }) })),
    release({ content }) {
      held.contents.get(content)?.dispose();
      held.contents.delete(content);
      return Promise.resolve(undefined);
    },
    memory: () => translator().memory(),
    recover: async () => {
      await translator().recover();
      return translator().device;
    },
    dispose() {
      held.translator?.dispose();
      held.translator = undefined;
      held.contents.clear();
      return Promise.resolve(undefined);
    },
  };
}

/**
 * Serves a translator to the page that started this worker. @returns a function that stops and frees everything, threads of the device
 * included; it resolves when a model that was being loaded is gone too. Terminate the worker after that: threads outlive one that is terminated.
 * A port that is served already stays with its first server.
 *
 * @example
 * // worker.ts
 * import { serveTranslator } from '@munit/infer/worker';
 * serveTranslator();
 */
export function serveTranslator(options: ServeOptions = {}): () => Promise<void> {
  checkOptions('serveTranslator', options, { port: true, load: true });
  const { port, load = loadTranslator } = options;
  const held: Held = { translator: undefined, contents: new Map(), loading: Promise.resolve(), closed: false, next: 1 };
  // A worker's global scope is its port.
  const served = serveChannel<Calls>(port ?? (globalThis as unknown as ChannelEnd), handlersOf(held, load), { errors });
  return async () => {
    held.closed = true;
    served.close();
    held.translator?.dispose();
    held.translator = undefined;
    await held.loading;
    await devicesClosed();
  };
}
