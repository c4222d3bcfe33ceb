import { TranslatorClient } from '@munit/infer/worker';

// The file it starts holds two lines:
//   import { serveTranslator } from '@munit/infer/worker';
//   serveTranslator();
export async function startTranslator(address: string, signal?: AbortSignal): Promise<TranslatorClient> {
  const worker = new Worker(new URL('../page/worker.ts', import.meta.url), { type: 'module' });
  return TranslatorClient.load(worker, address, { ...(signal && { signal }) });
}
