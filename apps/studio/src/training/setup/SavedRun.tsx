import { Button } from '../../ui/Button.js';
import { notifyError } from '../../ui/notices.js';
import type { TrainingStore } from '../store.js';

export interface SavedRunProps {
  readonly store: TrainingStore;
  /** Whether both sets hold files: a run on files needs them again. */
  readonly filesHere: boolean;
  readonly onContinue: () => void;
  readonly onNeedFiles: () => void;
}

/** A run that this browser keeps from before a reload. */
export function SavedRun({ store, filesHere, onContinue, onNeedFiles }: SavedRunProps) {
  const saved = store.saved.value;
  if (saved === undefined || saved.step === 0) return null;
  const { step, savedAt } = saved;
  const { source, settings } = saved.note;
  const when = new Date(savedAt).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  const what = source.kind === 'synthetic' ? 'the built-in shapes' : `${source.names.a} and ${source.names.b}`;
  const finished = step >= settings.steps;
  const waits = source.kind === 'files' && !filesHere;
  return (
    <aside class="train-stored" aria-label="A run from before">
      <div class="grow">
        <strong>{finished ? 'A finished run is here' : 'A run is waiting'}</strong>
        <p class="small numbers">
          On {what}, {finished ? `${step} steps` : `step ${step} of ${settings.steps}`}, kept in this browser {when}.{source.kind === 'files' && ` It needs its ${source.a} and ${source.b} images again.`}
        </p>
      </div>
      <Button label={waits ? 'Add its images' : finished ? 'Open it' : 'Continue'} icon={waits ? 'folder' : finished ? 'arrow' : 'play'} kind="primary" onClick={waits ? onNeedFiles : onContinue} />
      <Button label="Forget it" kind="plain" onClick={() => void store.discard().catch(notifyError)} />
    </aside>
  );
}
