import { formatNumber } from '../../format.js';
import type { ReportData } from '../history/history.js';
import { html, type Html, raw } from '../html.js';
import { type MetricKnowledge, metricKnowledge } from '../../metricKnowledge.js';

function formatMetric(value: number, knowledge: MetricKnowledge | undefined): string {
  if (!Number.isFinite(value)) return '–';
  switch (knowledge?.format) {
    case 'percent':
      return `${(value * 100).toFixed(1)} %`;
    case 'count':
      return value.toFixed(1);
    case 'number':
      return value.toFixed(3);
    case undefined:
      return formatNumber(value);
  }
}

const width = 120;
const height = 32;

/** The figure's course as a line without axes, and its target as a dashed one. */
function sparkline(points: readonly { readonly step: number; readonly value: number }[], target: number | undefined): Html | false {
  const finite = points.filter(({ value }) => Number.isFinite(value));
  if (finite.length < 2) return false;
  const values = [...finite.map(({ value }) => value), ...(target === undefined ? [] : [target])];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [first, last] = [finite[0]!.step, finite.at(-1)!.step];
  const x = (step: number): string => (2 + ((width - 4) * (step - first)) / Math.max(1, last - first)).toFixed(1);
  const y = (value: number): string => (high === low ? height / 2 : height - 3 - ((height - 6) * (value - low)) / (high - low)).toFixed(1);
  const line = finite.map(({ step, value }) => `${x(step)},${y(value)}`).join(' ');
  const goal = target === undefined ? '' : `<line class="goal" x1="0" x2="${width}" y1="${y(target)}" y2="${y(target)}"/>`;
  const end = finite.at(-1)!;
  return raw(
    `<svg class="spark" viewBox="0 0 ${width} ${height}" aria-hidden="true">${goal}<polyline points="${line}"/><circle cx="${x(end.step)}" cy="${y(end.value)}" r="2.5"/></svg>`,
  );
}

function verdict(value: number, knowledge: MetricKnowledge): Html | false {
  const { target, better } = knowledge;
  if (target === undefined || !Number.isFinite(value)) return false;
  const reached = better === 'higher' ? value >= target : value <= target;
  const bound = `${better === 'higher' ? 'at least' : 'at most'} ${formatMetric(target, knowledge)}`;
  return html`<span class="verdict ${reached ? 'good' : 'short'}">${reached ? '✓ Reached' : '○ Not yet'}: ${bound}</span>`;
}

/** The figures of the last evaluation, those with a target first. */
export function renderQuality({ evaluations }: Pick<ReportData, 'evaluations'>): Html | false {
  const last = evaluations.at(-1);
  if (last === undefined) return false;
  const cards = Object.entries(last.metrics)
    .map(([name, value]) => ({ name, value, knowledge: metricKnowledge[name] }))
    .sort((a, b) => Number(b.knowledge?.target !== undefined) - Number(a.knowledge?.target !== undefined));
  return html`
<section class="card" id="quality">
  <div class="head"><h2>Quality</h2><span class="muted">Held-out inputs, at step ${last.step.toLocaleString('en-US')}</span></div>
  <div class="metrics">${cards.map(({ name, value, knowledge }) => {
    const course = evaluations.map(({ step, metrics }) => ({ step, value: metrics[name] ?? Number.NaN }));
    return html`
    <article class="metric">
      <h3>${knowledge?.title ?? name}</h3>
      <p class="value"><b>${formatMetric(value, knowledge)}</b>${knowledge?.format === 'count' && knowledge.best !== undefined && html`<span class="muted"> of ${knowledge.best}</span>`}${sparkline(course, knowledge?.target)}</p>
      ${knowledge !== undefined && verdict(value, knowledge)}
      <p class="muted small">${knowledge?.meaning}</p>
      ${knowledge !== undefined && html`<p class="muted small code">${name}</p>`}
    </article>`;
  })}</div>
</section>`;
}
