/**
 * A translator and its worker as one module, for pages without a bundler: scripts/bundle.mjs makes dist/bundle/munit.js of it, with all that it needs.
 * The page and the worker both load that file; the browser fetches it once.
 */
import { ArgumentError } from '@munit/core';
import { TranslatorClient } from './client.js';

export { MunitError } from '@munit/core';
export { Picture } from '../images/picture.js';
export { clearCache, isCached } from '../load/cache.js';
export { interpolateStyles, lerp, sampleStyles, slerp } from '../styles.js';
export { TranslatorClient } from './client.js';
export { serveTranslator } from './serve.js';

/**
 * Loads a model in a worker of its own, so that the page stays free.
 *
 * @param source The address of a model folder (relative ones are the page's), `hf:owner/name`, files that the user picked, or bytes.
 * @param options Those of `loadTranslator` of `@munit/infer`, except `fetch`; `device` by its name.
 * @returns The translator; its `dispose` ends the worker too.
 * @throws ArgumentError where the page may not start workers; otherwise what `TranslatorClient.load` throws
 */
export async function loadTranslator(source: Parameters<typeof TranslatorClient.load>[1], options?: Parameters<typeof TranslatorClient.load>[2]): Promise<TranslatorClient> {
  const worker = startWorker(import.meta.url);
  try {
    const translator = await TranslatorClient.load(worker, source, options);
    const release = translator.dispose.bind(translator);
    translator.dispose = () => {
      release();
      worker.terminate();
    };
    return translator;
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

/** A worker that imports this module. A script of another site may not be a worker itself, but a worker may import it. */
function startWorker(module: string): Worker {
  const script = `import { serveTranslator } from ${JSON.stringify(module)};\nserveTranslator();\n`;
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  try {
    return new Worker(address, { type: 'module', name: 'munit' });
  } catch (error) {
    throw new ArgumentError('This page may not start a worker from a blob: address. Allow it in the content security policy: worker-src blob:', { cause: error });
  } finally {
    // By then the worker has read it.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }
}
