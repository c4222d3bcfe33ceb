import type { StepEvent } from '@munit/train';
import { Button } from '../../ui/Button.js';
import { notifyError } from '../../ui/notices.js';
import { Panel } from '../../ui/Panel.js';
import { Progress } from '../../ui/Progress.js';
import { megabytes } from '../../ui/numbers.js';
import type { Phase, Run, TrainingStore } from '../store.js';

/** Pause, step, end; and how fast, how far, on what. */
export function Controls({ store }: { readonly store: TrainingStore }) {
  const phase = store.phase.value;
  const run = store.run.value;
  const last = store.watch.last.value;
  if (phase === 'opening' || run === undefined) {
    return (
      <Panel title="Training">
        {store.preparing.value === undefined ? (
          <Progress label="Opening the device, with its programs and the first images …" />
        ) : (
          <Progress label={`Making the images ready: ${store.preparing.value.done} of ${store.preparing.value.of}`} value={store.preparing.value.done / store.preparing.value.of} />
        )}
      </Panel>
    );
  }
  const step = last?.step ?? run.step;
  return (
    <Panel title="Training">
      {phase === 'running' && last === undefined ? (
        <Progress label="First step …" />
      ) : (
        <Progress label={progressLabel(phase, step, run.totalSteps, store.watch.pace.value)} value={step / run.totalSteps} />
      )}
      {phase !== 'failed' && (
        <div class="row" role="group" aria-label="Training controls">
          {phase === 'finished' ? <AtTheEnd store={store} steps={run.settings.steps} /> : <UnderWay store={store} phase={phase} />}
        </div>
      )}
      <Facts run={run} last={last} pace={store.watch.pace.value} />
    </Panel>
  );
}

function UnderWay({ store, phase }: { readonly store: TrainingStore; readonly phase: Phase }) {
  return (
    <>
      {phase === 'running' ? (
        <Button label="Pause" icon="pause" kind="primary" onClick={() => void store.pause().catch(notifyError)} />
      ) : (
        <Button label="Resume" icon="play" kind="primary" disabled={phase !== 'paused'} onClick={() => store.resume()} />
      )}
      <Button label="One step" icon="step" disabled={phase !== 'paused'} onClick={() => void store.step()} />
      <Button label="End" title="The run is kept as it is, and can be continued" icon="stop" disabled={phase === 'pausing'} onClick={() => void store.end().catch(notifyError)} />
    </>
  );
}

function AtTheEnd({ store, steps }: { readonly store: TrainingStore; readonly steps: number }) {
  return (
    <>
      <Button label={`${steps} steps more`} icon="play" onClick={() => void store.more().catch(notifyError)} />
      <Button label="Train another" title="This run stays in the list" icon="plus" onClick={() => void store.end().catch(notifyError)} />
    </>
  );
}

function progressLabel(phase: Phase, step: number, total: number, pace: number | undefined): string {
  const at = `Step ${step} of ${total}`;
  if (phase === 'finished') return `Finished: ${step} steps`;
  if (phase === 'paused') return `${at}, paused`;
  if (phase === 'failed') return at;
  return pace === undefined ? at : `${at}, ${remaining((pace * (total - step)) / 1000)} left`;
}

function remaining(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

interface FactsProps {
  readonly run: Run;
  readonly last: StepEvent | undefined;
  readonly pace: number | undefined;
}

function Facts({ run, last, pace }: FactsProps) {
  const { device } = run;
  const perSecond = pace === undefined ? undefined : 1000 / pace;
  return (
    <dl class="train-facts numbers">
      <div>
        <dt>Speed</dt>
        <dd>{perSecond === undefined ? '–' : `${perSecond.toFixed(perSecond < 10 ? 1 : 0)} steps/s`}</dd>
      </div>
      <div>
        <dt>Memory</dt>
        <dd>{last === undefined ? '–' : megabytes(last.deviceBytes ?? last.tensorBytes)}</dd>
      </div>
      <div class="train-wide">
        <dt>Device</dt>
        <dd>
          {device.description}
          {device.rejected.some(({ name }) => name === 'webgpu') && <span class="small"> – no GPU: {device.rejected.find(({ name }) => name === 'webgpu')?.reason}.</span>}
        </dd>
      </div>
    </dl>
  );
}
