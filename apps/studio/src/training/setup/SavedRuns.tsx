import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { KeptRun } from '@munit/train/worker';
import { Button } from '../../ui/Button.js';
import { KeptRow } from '../../ui/KeptRow.js';
import { notifyError } from '../../ui/notices.js';
import { megabytes, moment } from '../../ui/numbers.js';
import { Panel } from '../../ui/Panel.js';
import { hasImages, nameOfSource, type SavedNote } from '../runs.js';
import type { Sets } from '../settings.js';
import type { TrainingStore } from '../store.js';
import { words } from '../../words/words.js';

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
  const said = words.value.setup;
  return (
    <Panel title={said.runs}>
      <ul class="kept" aria-label={said.runsKept}>
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
  const { common, setup: said } = words.value;
  const about = said.about(finished ? said.finished(step) : said.step(step, settings.steps), settings.size, megabytes(bytes), moment(savedAt));
  const images = source.kind === 'files' && needs.value ? ` ${said.imagesGone(source.a, source.b)}` : '';
  return (
    <KeptRow name={name} about={about + images} onRename={(text) => void store.rename(id, text).catch(notifyError)} onForget={() => void store.discard(id).catch(notifyError)}>
      <Button
        label={waits ? said.giveImages : finished ? said.open : common.continue}
        icon={waits ? 'folder' : finished ? 'arrow' : 'play'}
        onClick={waits ? onNeedFiles : open}
      />
    </KeptRow>
  );
}
