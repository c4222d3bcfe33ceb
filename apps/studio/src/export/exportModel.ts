/** The model in use as a file of another format. */
import { Channel } from '@munit/core/channel';
import { ModelSourceError, TorchFileError } from '@munit/formats';
import { addressOf, type ModelChoice } from '../model/choice.js';
import type { ExportCalls, ExportedModel, ExportForm } from './protocol.js';

export interface ExportOptions {
  readonly form: ExportForm;
  readonly half: boolean;
  readonly signal: AbortSignal;
}

/** @throws ModelSourceError when the model cannot be read again; AbortedError */
export async function exportModel(choice: ModelChoice, { form, half, signal }: ExportOptions): Promise<ExportedModel> {
  const worker = new Worker(new URL('./export.worker.ts', import.meta.url), { type: 'module', name: 'export' });
  const channel = new Channel<ExportCalls>(worker, { errors: { ModelSourceError, TorchFileError } });
  try {
    return await channel.call('write', { source: choice.kind === 'files' ? choice.files : addressOf(choice), form, half }, { signal });
  } finally {
    channel.close();
    worker.terminate();
  }
}
