/** Starts the worker that holds a model. */

/**
 * Browsers start no worker from another origin, where a page that takes the element from a CDN has it: such a page starts a script of
 * its own that imports the real one. A content security policy has to allow that: `worker-src blob:`.
 */
export function startTranslatorWorker(): Worker {
  if (new URL(import.meta.url).origin === location.origin || import.meta.url.startsWith('blob:')) {
    return new Worker(new URL('./translator.worker.js', import.meta.url), { type: 'module', name: 'munit-translator' });
  }
  const address = import.meta.url.replace(/[^/]*$/, 'translator.worker.js');
  const script = URL.createObjectURL(new Blob([`import ${JSON.stringify(address)};`], { type: 'text/javascript' }));
  const worker = new Worker(script, { type: 'module', name: 'munit-translator' });
  // Not before it is read.
  worker.addEventListener('message', () => URL.revokeObjectURL(script), { once: true });
  return worker;
}
