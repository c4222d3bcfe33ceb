/** Training in the tab. Loaded when its view is first opened; the worker starts with it. */
import 'uplot/dist/uPlot.min.css';
import { useSignalEffect } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { view } from '../view.js';
import { runsForgotten, trainingDevice } from './outside.js';
import type { ExportedFiles } from '@munit/train/worker';
import { notifyError } from '../ui/notices.js';
import { Controls } from './running/Controls.js';
import { FailurePanel } from './running/FailurePanel.js';
import { Losses } from './running/Losses.js';
import { Result } from './running/Result.js';
import { Samples } from './running/Samples.js';
import type { Names, Sets } from './settings.js';
import { Setup } from './setup/Setup.js';
import { watchPage } from './page.js';
import { TrainingStore } from './store.js';
import './training.css';
import { kindName } from '../model/bundled.js';

export interface TrainPanelProps {
  /** Takes a trained model (the files of a model folder) into use at once, with what it was trained on: nothing for the built-in shapes. */
  readonly onUse: (files: ExportedFiles['files'], name: string, sets: Sets) => void;
}

const startWorker = (): Worker => new Worker(new URL('./train.worker.ts', import.meta.url), { type: 'module', name: 'training' });

export function TrainPanel({ onUse }: TrainPanelProps) {
  const store = useMemo(() => new TrainingStore(startWorker), []);
  useEffect(() => {
    store.look().catch(notifyError);
    const ends = [watchPage(store), () => store.dispose()];
    void store.draft.follow().then((end) => ends.push(end));
    return () => ends.forEach((end) => end());
  }, [store]);
  useSignalEffect(() => {
    if (runsForgotten.value > 0) store.look().catch(notifyError);
  });
  useSignalEffect(() => {
    trainingDevice.value = store.phase.value === 'setup' ? undefined : store.run.value?.device;
  });
  // The buttons of one screen go with it: what is read next is the head of the other.
  const box = useRef<HTMLDivElement>(null);
  const started = useRef(false);
  useSignalEffect(() => {
    void store.phase.value;
    requestAnimationFrame(() => {
      const lost = document.activeElement === null || document.activeElement === document.body;
      const next = box.current?.querySelector<HTMLElement>('[data-controls] .button:not(:disabled), .train-failure .button, .train-setup .button:not(:disabled)');
      if (lost && started.current && view.value === 'train') next?.focus({ preventScroll: true });
      started.current = true;
    });
  });
  return (
    <div class="train" ref={box}>
      <p class="hidden-visually" role="status">
        {store.message.value}
      </p>
      {store.phase.value === 'setup' ? <Setup store={store} /> : <Running store={store} onUse={onUse} />}
    </div>
  );
}

function Running({ store, onUse }: TrainPanelProps & { readonly store: TrainingStore }) {
  const source = store.run.value?.source;
  const names: Names = source?.kind === 'files' ? source.names : { a: 'outlines', b: 'colours' };
  return (
    <div class="train-running">
      <div class="stack">
        <Controls store={store} />
        <FailurePanel store={store} />
      </div>
      <div class="train-look">
        <Samples shots={store.watch.shots.value} names={{ a: kindName(names.a), b: kindName(names.b) }} />
      </div>
      <div class="train-losses">
        <Losses history={store.watch.history} revision={store.watch.revision} />
      </div>
      <div class="train-result">
        <Result store={store} names={names} onUse={(files, name) => onUse(files, name, source?.kind === 'files' ? source : { a: [], b: [] })} />
      </div>
    </div>
  );
}
