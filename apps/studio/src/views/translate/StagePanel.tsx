import { useSignal } from '@preact/signals';
import type { Domain } from '@munit/core';
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
import { kindName } from '../../model/bundled.js';
import { words } from '../../words/words.js';

type Layout = 'side' | 'slider';

/** The image and its translation. */
export function StagePanel() {
  const layout = useSignal<Layout>('side');
  const saving = useSignal<Stage | undefined>(undefined);
  const now = stage.value;
  const { common, stage: said } = words.value;
  return (
    <section class="panel stage" data-stale={stale.value} aria-label={said.region} aria-busy={busy.value}>
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
            {stopped.value ? common.stopped : ''}
          </span>
          <Button icon="play" label={said.again} onClick={again} />
        </div>
      )}
      <div class="row stage-bar">
        <Segmented
          label={said.compare}
          disabled={drawing.value !== undefined}
          value={drawing.value === undefined ? layout.value : 'side'}
          onChange={(value) => (layout.value = value)}
          options={[
            { value: 'side', label: said.side },
            { value: 'slider', label: said.slider },
          ]}
        />
        {drawing.value === undefined && (
          <span class="row">
            <Button kind="plain" icon="undo" iconOnly label={common.undo} disabled={!canUndo.value} onClick={undo} />
            <Button kind="plain" icon="redo" iconOnly label={common.redo} disabled={!canRedo.value} onClick={redo} />
          </span>
        )}
        <span class="grow">
          {now !== undefined && <Speed />}
          {now !== undefined && busy.value && <Busy />}
        </span>
        <Button icon="download" kind="primary" label={said.save} disabled={now === undefined || blank.value || stale.value} onClick={() => (saving.value = now)} />
        <Button icon="link" label={said.copyLink} title={said.copyLink} onClick={() => void copyLink()} />
      </div>
      {saving.value !== undefined && <SaveDialog stage={saving.value} onClose={() => (saving.value = undefined)} />}
    </section>
  );
}

function Busy() {
  return (
    <span class="busy small">
      <span class="dots" aria-hidden="true" />
      {words.value.stage.translating}
      <Button kind="plain" icon="stop" iconOnly label={words.value.stage.stop} onClick={stop} />
    </span>
  );
}

function Speed() {
  const { decode } = timings.value;
  const { perImage, perStyle } = words.value.stage;
  return decode === undefined ? null : <span class="small numbers speed">{(styleDim.value > 0 ? perStyle : perImage)(milliseconds(decode.ms))}</span>;
}

function Empty() {
  if (loading.value !== undefined) return <div class="stage-empty">{<Progress label={loading.value.label} value={loading.value.fraction} />}</div>;
  return <div class="stage-empty">{model.value === undefined ? words.value.common.chooseModel : busy.value ? <Progress label={words.value.stage.first} /> : null}</div>;
}

/** What the model calls its images, as far as there is one. */
function kindOf(domain: Domain): string | undefined {
  const name = model.value?.translator.domains[domain].name;
  return name === undefined ? undefined : kindName(name);
}

/** What the images are called by those who cannot see them. */
function labelsOf({ image }: Stage): { readonly before: string; readonly after: string } {
  const { common, stage: said } = words.value;
  return { before: said.beforeOf(image.name), after: common.translationOf(image.name, kindOf(target.value) ?? said.translated) };
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
      {now === undefined || blank.value ? <div class="pad-waits small">{words.value.pad.waits}</div> : <PictureCanvas picture={now.after} label={labelsOf(now).after} />}
    </Pair>
  );
}

function Pair({ children: [before, after] }: { readonly children: readonly [ComponentChild, ComponentChild] }) {
  return (
    <div class="pair" data-drawing={drawing.value !== undefined}>
      <figure>
        {before}
        <figcaption class="small">{kindOf(source.value) ?? words.value.stage.before}</figcaption>
      </figure>
      <Icon name="arrow" />
      <figure>
        {after}
        <figcaption class="small">{kindOf(target.value) ?? words.value.stage.after}</figcaption>
      </figure>
    </div>
  );
}
