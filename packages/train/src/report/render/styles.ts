import { domains } from '@munit/core';
import { formatNumber } from '../../format.js';
import type { StyleStatistics } from '../../events.js';
import { type ReportData, styleDivergence } from '../history/history.js';
import { html, type Html, raw } from '../html.js';

const range = 3;
const slot = 34;
const height = 190;
const top = 10;
const left = 34;
const plotHeight = height - 34;

const y = (value: number): number => top + (plotHeight * (range - Math.max(-range, Math.min(range, value)))) / (2 * range);

/** Mean (dot) and one deviation to either side (bar) of every dimension, on the band that N(0, I) would fill. */
function plot({ mean, std }: StyleStatistics, domain: string): Html {
  const width = left + slot * mean.length + 6;
  const at = (i: number): number => left + slot * (i + 0.5);
  const lines = [-2, -1, 0, 1, 2].map(
    (value) =>
      `<line class="${value === 0 ? 'zero' : 'rule'}" x1="${left}" x2="${width}" y1="${y(value)}" y2="${y(value)}"/><text class="tick" x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  );
  const marks = mean.map((m, i) => {
    const s = std[i] ?? 0;
    return `<g><title>Dimension ${i + 1}: mean ${formatNumber(m)}, deviation ${formatNumber(s)}</title><line class="bar" x1="${at(i)}" x2="${at(i)}" y1="${y(m + s)}" y2="${y(m - s)}"/><circle cx="${at(i)}" cy="${y(m)}" r="5"/><text class="tick" x="${at(i)}" y="${height - 6}" text-anchor="middle">${i + 1}</text></g>`;
  });
  return raw(
    `<svg class="styles ${domain}" viewBox="0 0 ${width} ${height}" style="max-width:${Math.round(width * 1.35)}px" role="img" aria-label="Mean and deviation of each style dimension of domain ${domain.toUpperCase()}; the shaded band is N(0, I)."><rect class="band" x="${left}" width="${width - left}" y="${y(1)}" height="${y(-1) - y(1)}"/>${lines.join('')}${marks.join('')}</svg>`,
  );
}

/** What the numbers say, in a sentence. */
export function judgeStyles({ mean, std }: StyleStatistics): string {
  const far = mean.flatMap((m, i) => (Math.abs(m) > 1 ? [i + 1] : []));
  const flat = std.flatMap((s, i) => (s < 0.3 ? [i + 1] : []));
  const wide = std.flatMap((s, i) => (s > 2 ? [i + 1] : []));
  const list = (dimensions: readonly number[]): string => `${dimensions.length === 1 ? 'dimension' : 'dimensions'} ${dimensions.join(', ')}`;
  const parts = [
    ...(far.length > 0 ? [`${list(far)} far from 0`] : []),
    ...(flat.length > 0 ? [`${list(flat)} hardly used`] : []),
    ...(wide.length > 0 ? [`${list(wide)} spread too widely`] : []),
  ];
  return parts.length === 0 ? 'Where random styles are drawn: guided and random outputs should be alike.' : `Off: ${parts.join('; ')}.`;
}

function table({ mean, std }: StyleStatistics, domain: string): Html {
  return html`<details><summary>Numbers of ${domain.toUpperCase()}</summary><div class="scroll"><table>
<tr><th scope="row">Dimension</th>${mean.map((_, i) => html`<td>${i + 1}</td>`)}</tr>
<tr><th scope="row">Mean</th>${mean.map((m) => html`<td>${m.toFixed(2)}</td>`)}</tr>
<tr><th scope="row">Deviation</th>${std.map((s) => html`<td>${s.toFixed(2)}</td>`)}</tr>
</table></div></details>`;
}

/** Where the encoders put styles, against where random styles are drawn. */
export function renderStyles({ styles }: Pick<ReportData, 'styles'>): Html | false {
  if (styles === undefined) return false;
  const shown = domains.flatMap((domain) => {
    const statistics = styles.statistics[domain];
    return statistics === undefined || statistics.mean.length === 0 ? [] : [{ domain, statistics }];
  });
  return html`
<section class="card" id="styles">
  <div class="head"><h2>Styles</h2><span class="muted">At step ${styles.step.toLocaleString('en-US')}</span></div>
  <p class="muted">Random styles are drawn from N(0, I): mean 0 and deviation 1 in every dimension, the shaded band. If the styles of real images lie elsewhere,
  outputs in the style of an example suffer even while random ones look good.</p>
  <div class="pair">${shown.map(
    ({ domain, statistics }) => html`
    <figure>
      <figcaption><span class="dot ${domain}"></span><b>Domain ${domain.toUpperCase()}</b> <span class="muted">${styleDivergence(statistics).toFixed(2)} nats from N(0, I)</span></figcaption>
      ${plot(statistics, domain)}
      <p class="small">${judgeStyles(statistics)}</p>
      ${table(statistics, domain)}
    </figure>`,
  )}</div>
  <div class="charts" data-charts="styles"></div>
</section>`;
}
