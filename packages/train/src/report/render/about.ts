import { stringify } from 'yaml';
import type { ReportData } from '../history/history.js';
import { html, type Html } from '../html.js';

/** What made the run, as label and value: versions, seed, machine. */
export type ReportFacts = readonly (readonly [label: string, value: string])[];

export function renderWarnings({ warnings }: Pick<ReportData, 'warnings'>): Html | false {
  if (warnings.length === 0) return false;
  return html`
<section class="card" id="warnings">
  <h2>Warnings</h2>
  <ul class="warnings">${warnings.map(
    ({ message, step, count, severity }) =>
      html`<li class="${severity}"><span class="muted">Step ${step.toLocaleString('en-US')}${count > 1 && html`, ${count} times`}</span> ${message}</li>`,
  )}</ul>
</section>`;
}

/** Settings, versions and files: enough to do it again. */
export function renderAbout(data: ReportData, facts: ReportFacts): Html {
  const { checkpoint, bestCheckpoint: best, resumedAt } = data;
  const rows: ReportFacts = [
    ...facts,
    ...(checkpoint === undefined ? [] : [['Newest checkpoint', `${checkpoint.path} (step ${checkpoint.step})`] as const]),
    ...(best === undefined ? [] : [['Best checkpoint', `${best.path} (step ${best.step})`] as const]),
    ...(resumedAt.length === 0 ? [] : [['Resumed at', resumedAt.map((step) => `step ${step}`).join(', ')] as const]),
  ];
  return html`
<section class="card" id="about">
  <h2>What was run</h2>
  <dl class="rows">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
  <div class="charts" data-charts="rates"></div>
  <details><summary>Configuration</summary><pre tabindex="0">${stringify(data.config)}</pre></details>
</section>`;
}
