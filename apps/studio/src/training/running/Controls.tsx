import type { StepEvent } from '@munit/train';
import { Button } from '../../ui/Button.js';
import { notifyError } from '../../ui/notices.js';
import { Panel } from '../../ui/Panel.js';
import { Progress } from '../../ui/Progress.js';
import { decimal, megabytes } from '../../ui/numbers.js';
import type { Phase, Run, TrainingStore } from '../store.js';
import { words } from '../../words/words.js';

/** Pause, step, end; and how fast, how far, on what. */
export function Controls({ store }: { readonly store: TrainingStore }) {
  const phase = store.phase.value;
  const run = store.run.value;
  const said = words.value.run;
  const last = store.watch.last.value;
  if (phase === 'opening' || run === undefined) {
    return (
      <Panel title={said.title}>
        {store.preparing.value === undefined ? (
          <Progress label={said.opening} />
        ) : (
          <Progress label={said.preparing(store.preparing.value.done, store.preparing.value.of)} value={store.preparing.value.done / store.preparing.value.of} />
        )}
      </Panel>
    );
  }
  const step = last?.step ?? run.step;
  return (
    <Panel title={said.title}>
      {phase === 'running' && last === undefined ? (
        <Progress label={said.firstStep} />
      ) : (
        <Progress label={progressLabel(phase, step, run.totalSteps, store.watch.pace.value)} value={step / run.totalSteps} />
      )}
      {phase !== 'failed' && (
        <div class="row" role="group" aria-label={said.controls} data-controls>
          {phase === 'finished' ? <AtTheEnd store={store} steps={run.settings.steps} /> : <UnderWay store={store} phase={phase} />}
        </div>
      )}
      <Facts run={run} last={last} pace={store.watch.pace.value} />
    </Panel>
  );
}

function UnderWay({ store, phase }: { readonly store: TrainingStore; readonly phase: Phase }) {
  const said = words.value.run;
  return (
    <>
      {phase === 'running' ? (
        <Button label={said.pause} icon="pause" kind="primary" onClick={() => void store.pause().catch(notifyError)} />
      ) : (
        <Button label={said.resume} icon="play" kind="primary" disabled={phase !== 'paused'} onClick={() => store.resume()} />
      )}
      <Button label={said.oneStep} icon="step" disabled={phase !== 'paused'} onClick={() => void store.step()} />
      <Button label={said.end} title={said.endTitle} icon="stop" disabled={phase === 'pausing'} onClick={() => void store.end().catch(notifyError)} />
    </>
  );
}

function AtTheEnd({ store, steps }: { readonly store: TrainingStore; readonly steps: number }) {
  const said = words.value.run;
  return (
    <>
      <Button label={said.more(steps)} icon="play" onClick={() => void store.more().catch(notifyError)} />
      <Button label={said.another} title={said.anotherTitle} icon="plus" onClick={() => void store.end().catch(notifyError)} />
    </>
  );
}

function progressLabel(phase: Phase, step: number, total: number, pace: number | undefined): string {
  const { at, finished, left, paused } = words.value.run;
  if (phase === 'finished') return finished(step);
  if (phase === 'paused') return paused(step, total);
  return phase === 'failed' || pace === undefined ? at(step, total) : left(step, total, remaining((pace * (total - step)) / 1000));
}

function remaining(seconds: number): string {
  const said = words.value.run;
  if (seconds < 90) return said.seconds(Math.max(1, Math.round(seconds)));
  return seconds < 5400 ? said.minutes(Math.round(seconds / 60)) : said.hours(decimal(seconds / 3600, 1));
}

interface FactsProps {
  readonly run: Run;
  readonly last: StepEvent | undefined;
  readonly pace: number | undefined;
}

function Facts({ run, last, pace }: FactsProps) {
  const { device } = run;
  const said = words.value.run;
  const perSecond = pace === undefined ? undefined : 1000 / pace;
  return (
    <dl class="train-facts numbers">
      <div>
        <dt>{said.speed}</dt>
        <dd>{perSecond === undefined ? '–' : said.stepsPerSecond(decimal(perSecond, perSecond < 10 ? 1 : 0))}</dd>
      </div>
      <div>
        <dt>{said.memory}</dt>
        <dd>{last === undefined ? '–' : megabytes(last.deviceBytes ?? last.tensorBytes)}</dd>
      </div>
      <div class="train-wide">
        <dt>{said.device}</dt>
        <dd>
          <span lang="en">{device.description}</span>
          {device.rejected.some(({ name }) => name === 'webgpu') && <span class="small">{said.noGpu}<span lang="en">{device.rejected.find(({ name }) => name === 'webgpu')?.reason}.</span></span>}
        </dd>
      </div>
    </dl>
  );
}
