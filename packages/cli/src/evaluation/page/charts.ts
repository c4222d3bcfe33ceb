/** Plots as SVG: readable without a script, in light and dark. */
import { html, type Html, raw } from '@munit/train/node';
import type { Exhibit } from '../types.js';

const [width, height, left, bottom, top, right] = [560, 250, 56, 44, 10, 28];
const plot = { x: (share: number) => left + share * (width - left - right), y: (share: number) => height - bottom - share * (height - bottom - top) };

/** A number for an axis or a table: four figures, no tail of zeros. */
export const shortNumber = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : '–');

const legend = (names: readonly string[]): Html => html`<p class="legend">${names.map((name, i) => html`<span class="key s${i}"></span>${name} `)}</p>`;

/** Cumulative shares, a curve for each series. */
export function curves({ unit, series }: Extract<Exhibit, { kind: 'curves' }>): Html {
  const finite = series.map(({ name, values }) => ({ name, values: values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b) }));
  const most = Math.max(...finite.map(({ values }) => values.at(-1) ?? 0)) || 1;
  const line = (values: readonly number[]): string => {
    const points = values.map((value, i) => `${plot.x(value / most).toFixed(1)} ${plot.y((i + 1) / values.length).toFixed(1)}`);
    return `M${plot.x(0)} ${plot.y(0)}L${points.join('L')}${points.length > 0 ? `L${plot.x(1)} ${plot.y(1)}` : ''}`;
  };
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return html`${legend(series.map(({ name }) => name))}<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${unit}">
${ticks.map((share) => html`<line class="grid" x1="${left}" x2="${width - right}" y1="${plot.y(share)}" y2="${plot.y(share)}"/><text x="${left - 6}" y="${plot.y(share) + 4}" text-anchor="end">${Math.round(100 * share)} %</text><text x="${plot.x(share)}" y="${height - bottom + 16}" text-anchor="middle">${shortNumber(share * most)}</text>`)}
<text x="${plot.x(0.5)}" y="${height - 5}" text-anchor="middle">${unit}</text>
${finite.map(({ values }, i) => html`<path class="line s${i}" d="${line(values)}"/>`)}</svg>`;
}

/** Shares by class, bars side by side. */
export function bars({ classes, series }: Extract<Exhibit, { kind: 'bars' }>): Html {
  const most = Math.max(...series.flatMap(({ shares }) => shares), 1e-9);
  const slot = (width - left - right) / Math.max(1, classes.length);
  const each = (0.8 * slot) / series.length;
  const few = classes.length <= 12;
  return html`${legend(series.map(({ name }) => name))}<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${series.map(({ name }) => name).join(', ')}: shares by class">
${[0, 0.5, 1].map((share) => html`<line class="grid" x1="${left}" x2="${width - right}" y1="${plot.y(share)}" y2="${plot.y(share)}"/><text x="${left - 6}" y="${plot.y(share) + 4}" text-anchor="end">${Number((100 * share * most).toPrecision(2))} %</text>`)}
${series.map(({ shares }, s) => shares.map((share, i) => html`<rect class="bar s${s}" x="${(left + i * slot + 0.1 * slot + s * each).toFixed(1)}" width="${each.toFixed(1)}" y="${plot.y(share / most).toFixed(1)}" height="${Math.max(0, plot.y(0) - plot.y(share / most)).toFixed(1)}"><title>${classes[i]}: ${shortNumber(100 * share)} %</title></rect>`))}
${classes.map((name, i) => (few ? html`<text x="${(left + (i + 0.5) * slot).toFixed(1)}" y="${height - bottom + 16}" text-anchor="middle" class="class">${name}</text>` : raw('')))}</svg>`;
}
