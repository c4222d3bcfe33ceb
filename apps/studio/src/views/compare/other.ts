/** The second model of a comparison, in a worker of its own: it is there while its view is open. */
import { AbortedError } from '@munit/core';
import { retire } from '@munit/core/channel';
import { TranslatorClient } from '@munit/infer/worker';
import { signal } from '@preact/signals';
import { addressOf, type ModelChoice, nameOf } from '../../model/choice.js';
import { describeStep, type LoadStep } from '../../model/progress.js';
import { deviceWish, type LoadedModel } from '../../model/session.js';
import { notifyError } from '../../ui/notices.js';
import { words } from '../../words/words.js';

export const otherModel = signal<LoadedModel | undefined>(undefined);
export const otherLoading = signal<LoadStep | undefined>(undefined);

/** Below those of the session's models, so that none is taken for another. */
let epoch = 0;
let abort = new AbortController();

/** Loads the model to compare with, in place of the one before. */
export async function loadOther(choice: ModelChoice): Promise<void> {
  closeOther();
  const { signal: stop } = (abort = new AbortController());
  otherLoading.value = { label: words.peek().loading.of(nameOf(choice)), fraction: undefined };
  const worker = new Worker(new URL('../../workers/translator.worker.ts', import.meta.url), { type: 'module', name: 'other translator' });
  try {
    const source = choice.kind === 'files' ? (choice.files.length === 1 ? choice.files[0]! : choice.files) : addressOf(choice);
    const translator = await TranslatorClient.load(worker, source, {
      device: deviceWish.peek(),
      signal: stop,
      onProgress: (progress) => {
        if (!stop.aborted) otherLoading.value = describeStep(progress);
      },
    });
    if (stop.aborted) throw new AbortedError();
    otherModel.value = { choice, translator, worker, epoch: --epoch };
  } catch (error) {
    void retire(worker);
    if (!stop.aborted) notifyError(error);
  } finally {
    if (!stop.aborted) otherLoading.value = undefined;
  }
}

/** Ends the worker of the model that was compared with. */
export function closeOther(): void {
  abort.abort();
  otherLoading.value = undefined;
  const before = otherModel.peek();
  otherModel.value = undefined;
  if (before === undefined) return;
  before.translator.dispose();
  void retire(before.worker);
}
