/** The worker's side. */
import { AbortedError, ArgumentError } from '@munit/core';
import type { ModelSource } from '@munit/formats';
import { Picture } from '../images/picture.js';
import type { ImageInput } from '../images/read.js';
import { loadTranslator, type LoadTranslatorOptions } from '../load/loadTranslator.js';
import type { Translator } from '../translator/translator.js';
import type { ContentCode, ManyStyles } from '../translator/types.js';
import { sendError } from './errors.js';
import { type CallName, type Calls, isOurs, type Port, type PortEvent, type Reply, type Request, type SentImage, type SentPicture, type SentStyleOptions } from './protocol.js';

export interface ServeOptions {
  /** Where the page is. Default: the worker's own scope. */
  readonly port?: Port;
  /** How models are loaded: `loadTranslator` of `@munit/infer/node` in Node. */
  readonly load?: (source: ModelSource, options: LoadTranslatorOptions) => Promise<Translator>;
}

/** What a call has besides its arguments. */
interface CallContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Extract<Reply, { munit: 'progress' }>['progress']) => void;
}

interface Held {
  translator: Translator | undefined;
  readonly contents: Map<number, ContentCode>;
  next: number;
}

type Handlers = { readonly [Name in CallName]: (args: Calls[Name]['args'], context: CallContext) => Promise<Calls[Name]['result']> };

const received = (image: SentImage): ImageInput => (typeof image === 'object' && 'planes' in image ? new Picture(image.planes) : image);

const sent = ({ width, height, channels, values, style }: Picture): SentPicture => ({ planes: { width, height, channels, values }, style });

/** The options of a call here; `styles` tells one picture from several. */
function styleOptions({ example, ...options }: SentStyleOptions, { signal, onProgress }: CallContext): ManyStyles {
  const here: object = { ...options, ...(example === undefined ? {} : { example: received(example) }), signal, onProgress };
  // One or several is told apart by who called: the answer is made a list here, whatever comes.
  return here as ManyStyles;
}

const listed = (pictures: Picture | readonly Picture[]): SentPicture[] => [pictures].flat().map(sent);

function handlersOf(held: Held, load: NonNullable<ServeOptions['load']>): Handlers {
  const translator = (): Translator => {
    if (held.translator === undefined) throw new ArgumentError('The worker has no model.', { remedy: 'Load one first.' });
    return held.translator;
  };
  const contentOf = (id: number): ContentCode => {
    const content = held.contents.get(id);
    if (content === undefined) throw new ArgumentError('The content was disposed of.', { remedy: 'Encode the image again, or dispose of it later.' });
    return content;
  };
  return {
    async load({ source, options }, context) {
      held.translator?.dispose();
      held.contents.clear();
      const { device, ...rest } = options;
      const all = { ...rest, ...context, ...(device === undefined ? {} : { device }) } as LoadTranslatorOptions;
      held.translator = await load(source, all);
      const { architecture, domains, device: report, weightBytes } = held.translator;
      return { architecture, domains, device: report, weightBytes };
    },
    async translate({ images, options }, context) {
      const results: (Picture | Picture[])[] = await translator().translate(images.map(received), styleOptions(options, context));
      return results.map(listed);
    },
    async encode({ image, from }, { signal }) {
      const content = await translator().encode(received(image), { signal, ...(from === undefined ? {} : { from }) });
      // Whoever asked has gone, and would never dispose of it.
      if (signal.aborted) {
        content.dispose();
        throw new AbortedError();
      }
      const id = held.next++;
      held.contents.set(id, content);
      return { content: id, domain: content.domain, width: content.width, height: content.height };
    },
    decode: async ({ content, options }, context) => listed(await translator().decode(contentOf(content), styleOptions(options, context))),
    reconstruct: async ({ image, domain }, { signal }) => sent(await translator().reconstruct(received(image), { signal, ...(domain === undefined ? {} : { domain }) })),
    interpolate: async ({ image, options }, context) => listed(await translator().interpolate(received(image), { ...options, ...context })),
    styleOf: ({ image, domain }, { signal }) => translator().styleOf(received(image), { signal, ...(domain === undefined ? {} : { domain }) }),
    release({ content }) {
      held.contents.get(content)?.dispose();
      held.contents.delete(content);
      return Promise.resolve(undefined);
    },
    recover: async () => {
      await translator().recover();
      return undefined;
    },
    dispose() {
      held.translator?.dispose();
      held.translator = undefined;
      held.contents.clear();
      return Promise.resolve(undefined);
    },
  };
}

/** The buffers of an answer, which move instead of being copied. */
function buffersOf(result: unknown): Transferable[] {
  const pictures = [result].flat(2).filter((item): item is SentPicture => typeof item === 'object' && item !== null && 'planes' in item);
  return [...new Set(pictures.map(({ planes }) => planes.values.buffer))];
}

/**
 * Marks a port that is served. WebKit runs the file of a module worker once more when a chunk of it imports it, as bundlers have
 * them do: two would answer each call, and one of them has no model.
 */
const SERVED = Symbol.for('@munit/infer: served');

/**
 * Serves a translator to the page that started this worker. @returns a function that stops and frees everything.
 * A port that is served already stays with its first server.
 *
 * @example
 * // worker.ts
 * import { serveTranslator } from '@munit/infer/worker';
 * serveTranslator();
 */
export function serveTranslator(options: ServeOptions = {}): () => void {
  const port: Port & { [SERVED]?: boolean } = options.port ?? (globalThis as unknown as Port); // a worker's global scope is its port
  if (port[SERVED] === true) return () => undefined;
  port[SERVED] = true;
  const running = new Map<number, AbortController>();
  const held: Held = { translator: undefined, contents: new Map(), next: 1 };
  const handlers = handlersOf(held, options.load ?? loadTranslator);
  const reply = (message: Reply, transfer: Transferable[] = []): void => port.postMessage(message, transfer);

  const answer = async ({ id, name, args }: Extract<Request, { munit: 'call' }>): Promise<void> => {
    const abort = new AbortController();
    running.set(id, abort);
    try {
      const context: CallContext = { signal: abort.signal, onProgress: (progress) => reply({ munit: 'progress', id, progress }) };
      // The pair of name and arguments was typed where it was sent.
      const handler = handlers[name] as (args: unknown, context: CallContext) => Promise<unknown>;
      const result = await handler(args, context);
      reply({ munit: 'result', id, result }, buffersOf(result));
    } catch (error) {
      reply({ munit: 'error', id, error: sendError(error) });
    } finally {
      running.delete(id);
    }
  };
  const listener = ({ data }: PortEvent): void => {
    if (!isOurs(data)) return;
    const message = data as Request;
    if (message.munit === 'abort') running.get(message.id)?.abort();
    else if (message.munit === 'call') void answer(message);
  };
  port.addEventListener('message', listener);
  port.start?.();
  return () => {
    port.removeEventListener('message', listener);
    port[SERVED] = false;
    for (const abort of running.values()) abort.abort();
    held.translator?.dispose();
  };
}

