import { formatBytes, formatDuration, formatMilliseconds } from '../../format.js';
import type { ReportData, RunStatus } from '../history/history.js';
import { html, type Html } from '../html.js';

const statusText: Readonly<Record<RunStatus, string>> = {
  starting: 'Starting',
  running: 'Training',
  finished: 'Finished',
  interrupted: 'Stopped and saved',
  failed: 'Failed',
};

export const isOver = (status: RunStatus): boolean => status === 'finished' || status === 'interrupted' || status === 'failed';

const count = (n: number): string => n.toLocaleString('en-US');

const fact = (label: string, value: string | Html, ...notes: readonly string[]): Html =>
  html`<div class="fact"><dt>${label}</dt><dd>${value}${notes.map((note) => html`<small>${note}</small>`)}</dd></div>`;

function facts(data: ReportData): Html[] {
  const { lastStep: last, pace } = data;
  const over = isOver(data.status);
  return [
    ...(over || pace === undefined ? [] : [fact('Time left', formatDuration((pace.stepMs * (data.totalSteps - data.step)) / 1000))]),
    fact(over ? 'Training time' : 'Time so far', formatDuration(data.trainingSeconds)),
    ...(pace === undefined
      ? []
      : [fact('Per step', formatMilliseconds(pace.stepMs), pace.steps === 1 ? 'the last step' : `median of the last ${count(pace.steps)} steps`, `${(pace.waiting * 100).toFixed(1)} % waiting for images`)]),
    ...(last === undefined || last.residentBytes === 0
      ? []
      : [
          fact(
            'Memory',
            formatBytes(last.residentBytes),
            ...(Number.isFinite(data.memoryEstimateBytes) ? [`${formatBytes(data.memoryEstimateBytes)} estimated`] : []),
          ),
        ]),
    fact('Device', data.device === '' ? '–' : data.device),
  ];
}

const time = (ms: number): Html => {
  const iso = new Date(ms).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
};

/** Name, state, progress and the figures that one looks for first. */
export function renderHeader(data: ReportData, title: string): Html {
  const share = data.totalSteps > 0 ? Math.min(1, data.step / data.totalSteps) : 0;
  const troubles = data.warnings.filter(({ severity }) => severity === 'error');
  return html`
<header class="top">
  <div class="title">
    <p class="eyebrow">munit training report</p>
    <h1>${title}</h1>
  </div>
  <button type="button" id="theme" class="quiet" hidden>Dark</button>
</header>
<section class="card state" aria-label="State of the run">
  <p class="line"><span class="pill ${data.status}">${statusText[data.status]}</span>
    <span class="steps"><b>${count(data.step)}</b> of ${count(data.totalSteps)} steps</span>
    <span class="muted share">${Math.floor(share * 100)} %</span></p>
  <progress max="1" value="${share.toFixed(4)}" aria-label="Share of the steps that are done"></progress>
  <dl class="facts">${facts(data)}</dl>
  <p class="muted small" id="freshness">Last update ${time(data.updatedAt)}.</p>
  ${troubles.map(({ message, step }) => html`<p class="trouble" role="alert"><b>Step ${count(step)}:</b> ${message}</p>`)}
  <p class="trouble" id="stale" hidden>No update for a long time. The run may have been killed; <code>munit train --resume</code> continues from its last checkpoint.</p>
</section>`;
}
