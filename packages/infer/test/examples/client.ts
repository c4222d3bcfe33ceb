import { TranslatorClient } from '@munit/infer/worker';

export async function startTranslator(address: string, signal?: AbortSignal): Promise<TranslatorClient> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return TranslatorClient.load(worker, address, { ...(signal && { signal }) });
}
