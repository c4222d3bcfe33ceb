import { useSignal } from '@preact/signals';
import type { ComponentChild } from 'preact';
import { DrawPad } from '../../draw/DrawPad.js';
import { blank, drawing } from '../../draw/drawing.js';
import { PenBar } from '../../draw/PenBar.js';
import { loading, model } from '../../model/session.js';
import { source, target } from '../../direction.js';
import { styleDim } from '../../styles/style.js';
import { canRedo, canUndo, redo, undo } from '../../undo.js';
import { timings } from '../../translate/timing.js';
import { Button } from '../../ui/Button.js';
import { Icon } from '../../ui/Icon.js';
import { milliseconds } from '../../ui/numbers.js';
import { PictureCanvas } from '../../ui/PictureCanvas.js';
import { Progress } from '../../ui/Progress.js';
import { Segmented } from '../../ui/Segmented.js';
import { Compare } from './Compare.js';
import { copyLink } from './save.js';
import { SaveDialog } from './SaveDialog.js';
import { again, busy, problem, type Stage, stage, stale, stop, stopped } from './stage.js';

type Layout = 'side' | 'slider';

/** The image and its translation. */
export function StagePanel() {
  const layout = useSignal<Layout>('side');
  const saving = useSignal<Stage | undefined>(undefined);
  const now = stage.value;
  return (
    <section class="panel stage" data-stale={stale.value} aria-label="Translation" aria-busy={busy.value}>
      {drawing.value !== undefined ? <Drawn now={now} /> : now === undefined ? <Empty /> : <Pictures now={now} layout={layout.value} />}
      {drawing.value !== undefined && <PenBar />}
      {problem.value !== undefined && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {(stopped.value || problem.value !== undefined) && !busy.value && (
        <div class="row">
          <span class="small" role="status">
            {stopped.value ? 'Stopped.' : ''}
          </span>
          <Button icon="play" label="Translate again" onClick={again} />
        </div>
      )}
      <div class="row stage-bar">
        <Segmented
          label="How to compare"
          disabled={drawing.value !== undefined}
          value={drawing.value === undefined ? layout.value : 'side'}
          onChange={(value) => (layout.value = value)}
          options={[
            { value: 'side', label: 'Side by side' },
            { value: 'slider', label: 'Slider' },
          ]}
        />
        {drawing.value === undefined && (
          <span class="row">
            <Button kind="plain" icon="undo" iconOnly label="Undo" disabled={!canUndo.value} onClick={undo} />
            <Button kind="plain" icon="redo" iconOnly label="Redo" disabled={!canRedo.value} onClick={redo} />
          </span>
        )}
        <span class="grow">
          {now !== undefined && <Speed />}
          {now !== undefined && busy.value && <Busy />}
        </span>
        <Button icon="download" kind="primary" label="Save …" disabled={now === undefined || blank.value || stale.value} onClick={() => (saving.value = now)} />
        <Button icon="link" label="Copy link" onClick={() => void copyLink()} />
      </div>
      {saving.value !== undefined && <SaveDialog stage={saving.value} onClose={() => (saving.value = undefined)} />}
    </section>
  );
}

function Busy() {
  return (
    <span class="busy small">
      <span class="dots" aria-hidden="true" />
      Translating
      <Button kind="plain" icon="stop" iconOnly label="Stop translating" onClick={stop} />
    </span>
  );
}

function Speed() {
  const { decode } = timings.value;
  return decode === undefined ? null : <span class="small numbers speed">{milliseconds(decode.ms)} / {styleDim.value > 0 ? 'style' : 'image'}</span>;
}

function Empty() {
  if (loading.value !== undefined) return <div class="stage-empty">{<Progress label={loading.value.label} value={loading.value.fraction} />}</div>;
  return <div class="stage-empty">{model.value === undefined ? 'Choose a model to begin.' : busy.value ? <Progress label="Translating the first image" /> : null}</div>;
}

/** What the images are called by those who cannot see them. */
function labelsOf({ image }: Stage): { readonly before: string; readonly after: string } {
  const domains = model.value?.translator.domains;
  return { before: `${image.name}, before`, after: `${image.name} as ${domains?.[target.value].name ?? 'translated'}` };
}

function Pictures({ now, layout }: { readonly now: Stage; readonly layout: Layout }) {
  const labels = labelsOf(now);
  if (layout === 'slider') return <Compare before={now.before} after={now.after} labels={labels} />;
  return (
    <Pair>
      <PictureCanvas picture={now.before} label={labels.before} />
      <PictureCanvas picture={now.after} label={labels.after} />
    </Pair>
  );
}

/** The sheet that is drawn on, and its translation as soon as there is one. */
function Drawn({ now }: { readonly now: Stage | undefined }) {
  return (
    <Pair>
      <DrawPad />
      {now === undefined || blank.value ? <div class="pad-waits small">Here comes what you draw, translated.</div> : <PictureCanvas picture={now.after} label={labelsOf(now).after} />}
    </Pair>
  );
}

function Pair({ children: [before, after] }: { readonly children: readonly [ComponentChild, ComponentChild] }) {
  const domains = model.value?.translator.domains;
  return (
    <div class="pair" data-drawing={drawing.value !== undefined}>
      <figure>
        {before}
        <figcaption class="small">{domains?.[source.value].name ?? 'before'}</figcaption>
      </figure>
      <Icon name="arrow" />
      <figure>
        {after}
        <figcaption class="small">{domains?.[target.value].name ?? 'after'}</figcaption>
      </figure>
    </div>
  );
}
