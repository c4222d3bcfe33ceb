import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { KeptRun } from '@munit/train/worker';
import { Button } from '../../ui/Button.js';
import { KeptRow } from '../../ui/KeptRow.js';
import { notifyError } from '../../ui/notices.js';
import { counted, megabytes, moment } from '../../ui/numbers.js';
import { Panel } from '../../ui/Panel.js';
import { hasImages, nameOfSource, type SavedNote } from '../runs.js';
import type { Sets } from '../settings.js';
import type { TrainingStore } from '../store.js';

export interface SavedRunsProps {
  readonly store: TrainingStore;
  /** Both sets, where they hold images: for a run whose own were not kept. */
  readonly given: Sets | undefined;
  readonly onNeedFiles: () => void;
}

/** The runs that this browser keeps: each is continued, opened, renamed or deleted. */
export function SavedRuns({ store, given, onNeedFiles }: SavedRunsProps) {
  const begun = store.saved.value.filter(({ step }) => step > 0);
  if (begun.length === 0) return null;
  return (
    <Panel title="Your runs">
      <ul class="kept" aria-label="Your runs, kept in this browser">
        {begun.map((run) => (
          <SavedRun key={run.id} run={run} store={store} given={given} onNeedFiles={onNeedFiles} />
        ))}
      </ul>
    </Panel>
  );
}

function SavedRun({ run, store, given, onNeedFiles }: SavedRunsProps & { readonly run: KeptRun<SavedNote> }) {
  const { id, step, savedAt, bytes } = run;
  const { source, settings, name = nameOfSource(source) } = run.note;
  const needs = useSignal(false);
  useEffect(() => {
    if (source.kind === 'files') void hasImages(id).then((there) => (needs.value = !there));
  }, [id]);
  const finished = step >= settings.steps;
  // Two sets of other sizes are not the ones that it was trained on.
  const other = source.kind === 'files' && given !== undefined && (given.a.length !== source.a || given.b.length !== source.b);
  const waits = needs.value && (given === undefined || other);
  const open = (): void => void store.resumeKept(run, store.draft.device.value, needs.value ? given : undefined).catch(notifyError);
  const about = `${finished ? `Finished: ${counted(step, 'step')}` : `Step ${step} of ${settings.steps}`}, ${settings.size} × ${settings.size} pixels, ${megabytes(bytes)}, ${moment(savedAt)}.`;
  const images = source.kind === 'files' && needs.value ? ` Its images were not kept: give its ${source.a} and ${source.b} again.` : '';
  return (
    <KeptRow name={name} about={about + images} onRename={(text) => void store.rename(id, text).catch(notifyError)} onForget={() => void store.discard(id).catch(notifyError)}>
      <Button
        label={waits ? 'Give its images' : finished ? 'Open' : 'Continue'}
        icon={waits ? 'folder' : finished ? 'arrow' : 'play'}
        onClick={waits ? onNeedFiles : open}
      />
    </KeptRow>
  );
}
