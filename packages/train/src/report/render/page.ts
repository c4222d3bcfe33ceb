import type { ReportData } from '../history/history.js';
import { clientScript, clientStyle } from '../generated/client.js';
import { html, type Html, jsonScript, raw } from '../html.js';
import { type ReportFacts, renderAbout, renderWarnings } from './about.js';
import { lossCharts, otherCharts } from './charts.js';
import { isOver, renderHeader } from './header.js';
import { renderImages } from './images.js';
import { renderQuality } from './quality.js';
import { renderStyles } from './styles.js';

/** The chart library, as text: `dist/uPlot.iife.min.js` and `dist/uPlot.min.css` of the npm package `uplot`. */
export interface ReportAssets {
  /** Text of `uplot/dist/uPlot.iife.min.js`. */
  readonly uplotScript: string;
  /** Text of `uplot/dist/uPlot.min.css`. */
  readonly uplotStyle: string;
}

/** What a report shows besides the course of the run. */
export interface ReportOptions {
  /** The name of the run. */
  readonly title: string;
  /** The chart library, which is written into the page. */
  readonly assets: ReportAssets;
  /** Rows of the section on what made the run: label and value. */
  readonly facts?: ReportFacts;
  /** Seconds after which the page reloads itself while the run continues. */
  readonly refreshSeconds?: number;
}

/** What the page's script reads. */
export interface PageData {
  readonly charts: readonly ReturnType<typeof lossCharts>[number][];
  /** `null` for an image that the page shows already. */
  readonly moments: readonly { readonly step: number; readonly grids: Readonly<Record<string, { readonly uri: string | null; readonly file: string }>> }[];
  readonly live: boolean;
  readonly refreshSeconds: number;
  readonly updatedAt: number;
  readonly title: string;
}

const licence = '/* uPlot: copyright (c) 2022 Leon Sorokin, MIT licence, https://github.com/leeoniya/uPlot */';

/** Nothing may be fetched: the file is all there is. */
const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

function pageData(data: ReportData, { title, refreshSeconds = 15 }: ReportOptions): PageData {
  const last = data.samples.length - 1;
  return {
    charts: [...lossCharts(data), ...otherCharts(data)],
    moments: data.samples.map(({ step, grids }, i) => ({
      step,
      grids: Object.fromEntries(grids.map(({ name, uri, file }) => [name, { uri: i === last ? null : uri, file }])),
    })),
    live: !isOver(data.status),
    refreshSeconds,
    updatedAt: data.updatedAt,
    title,
  };
}

function renderLosses(data: ReportData): Html | false {
  if (data.losses.steps.length < 2) return false;
  return html`
<section class="card" id="losses">
  <div class="head">
    <h2>Losses</h2>
    <div class="tools">
      <label>Smoothing <input type="range" id="smoothing" min="0" max="0.99" step="0.01" value="0.8"></label>
      <label><input type="checkbox" id="log"> Log scale</label>
      <button type="button" id="zoom-out" class="quiet" hidden>Whole run</button>
    </div>
  </div>
  <p class="muted">A GAN’s losses do not fall to zero when all goes well. Drag over a chart to zoom into all of them.
    <span class="nowrap"><span class="dot a"></span>domain A</span> <span class="nowrap"><span class="dot b"></span>domain B</span></p>
  <div class="charts" data-charts="losses"></div>
  <noscript><p>The curves need JavaScript; the numbers are in losses.csv.</p></noscript>
</section>`;
}

const link = (id: string, text: string, part: unknown): Html | false => part !== false && html`<a href="#${id}">${text}</a>`;

/**
 * The whole report as one HTML document that needs nothing else: style, script, chart library, data and images are inside.
 * While the run goes on the page reloads itself and keeps its place.
 */
export function renderReport(data: ReportData, options: ReportOptions): string {
  const { title, assets, facts = [], refreshSeconds = 15 } = options;
  const live = !isOver(data.status);
  const quality = renderQuality(data);
  const losses = renderLosses(data);
  const styles = renderStyles(data);
  const warnings = renderWarnings(data);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
${live && html`<noscript><meta http-equiv="refresh" content="${refreshSeconds * 2}"></noscript>`}
<title>${title}</title>
<style>${raw(assets.uplotStyle)}
${raw(clientStyle)}</style>
</head>
<body>
<main>
${renderHeader(data, title)}
<nav aria-label="Parts of the report">
${link('images', 'Images', true)} ${link('quality', 'Quality', quality)} ${link('losses', 'Losses', losses)}
${link('styles', 'Styles', styles)} ${link('warnings', 'Warnings', warnings)} ${link('about', 'What was run', true)}
</nav>
${renderImages(data)}
${quality}
${losses}
${styles}
${warnings}
${renderAbout(data, facts)}
</main>
${jsonScript('munit-data', pageData(data, options))}
<script>${raw(licence)}
${raw(assets.uplotScript)}</script>
<script>${raw(clientScript)}</script>
</body>
</html>
`;
  return page.html;
}
