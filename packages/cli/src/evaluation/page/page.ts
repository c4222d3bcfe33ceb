/** An evaluation as one page: nothing is fetched, and it needs no script. */
import type { Figure } from '@munit/metrics';
import { html, type Html, raw } from '@munit/train/node';
import type { EvaluationFile, Exhibit, Section } from '../types.js';
import { bars, curves, shortNumber } from './charts.js';
import { style } from './style.js';

const titles: Readonly<Record<Section['protocol'], string>> = { diversity: 'Diversity', quality: 'Quality', modes: 'Modes', reconstruction: 'Reconstruction', synthetic: 'Synthetic benchmark' };

const titleOf = ({ protocol, to }: Pick<Section, 'protocol' | 'to'>): string => `${titles[protocol]}${to === undefined ? '' : protocol === 'reconstruction' ? ` (domain ${to === 'a' ? 'B' : 'A'})` : `, to ${to.toUpperCase()}`}`;
const anchorOf = ({ protocol, to }: Section): string => `${protocol}${to === undefined ? '' : `-${to}`}`;

/** Nothing may be fetched or run: the file is all there is. */
const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

function renderFigure({ name, meaning, better, value, interval, count, beside }: Figure): Html {
  const range = interval === undefined ? '' : ` ${shortNumber(interval.low)} to ${shortNumber(interval.high)}`;
  return html`<div class="figure"><div class="name">${name}</div><div class="value">${shortNumber(value)} <small>${better === 'higher' ? '↑' : '↓'}${range}</small></div>
<p>${meaning}</p><p class="soft">${Object.entries(beside).map(([label, reference]) => `${label} ${shortNumber(reference)}. `)}From ${count}.</p></div>`;
}

function renderExhibit(exhibit: Exhibit): Html {
  const content =
    exhibit.kind === 'curves'
      ? curves(exhibit)
      : exhibit.kind === 'bars'
        ? bars(exhibit)
        : exhibit.rows.map(
            ({ label, cells }) =>
              html`<div class="row">${label !== '' && html`<span>${label}</span>`}<div class="cells" tabindex="0">${cells.map(({ uri, width, height, label: under }) => html`<figure class="cell"><img src="${uri}" width="${width}" height="${height}" alt="${under}"/>${under !== '' && html`<figcaption title="${under}">${under}</figcaption>`}</figure>`)}</div></div>`,
          );
  return html`<h3>${exhibit.title}</h3><p class="soft">${exhibit.caption}</p>${content}`;
}

/** What facts and settings are called on the page; others as they are. */
const factNames: Readonly<Record<string, string>> = {
  realImages: 'real images measured', translatedImages: 'translations measured', heldOutInputs: 'held-out inputs', modelSha256: 'SHA-256 of the model',
};
const settingNames: Readonly<Record<string, string>> = { inputs: 'inputs at most', styles: 'translations of each input', real: 'real images at most', features: 'features of', resamples: 'resampled sets of an interval', size: 'brought to' };

const rows = (facts: Readonly<Record<string, string | number | boolean>>, names: Readonly<Record<string, string>> = {}): Html[] => Object.entries(facts).map(([name, value]) => html`<tr><th>${names[name] ?? name}</th><td>${String(value)}</td></tr>`);

/** Each warning once, with the figures that it is about where it is not about all. */
function warningsOf({ figures }: Section): string[] {
  const named = new Map<string, string[]>();
  for (const { name, warnings } of figures) for (const warning of warnings) named.set(warning, [...(named.get(warning) ?? []), name]);
  return [...named].map(([warning, names]) => (names.length === figures.length ? warning : `${names.join(', ')}: ${warning}`));
}

/** The page's text. */
export function renderPage(title: string, file: EvaluationFile, sections: readonly Section[]): string {
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="${policy}"/><title>Evaluation of ${title}</title><style>${raw(style)}</style></head><body>
<h1>${title}</h1><p class="soft">↑ higher is better, ↓ lower is better. After each value the interval that holds 95 % of the values of resampled inputs.</p>
${file.warnings.map((warning) => html`<p class="warning">${warning}</p>`)}
<nav>${sections.map((section) => html`<a href="#${anchorOf(section)}">${titleOf(section)}</a>`)}<a href="#about">How it was measured</a></nav>
${sections.map((section) => html`<section id="${anchorOf(section)}"><h2>${titleOf(section)}</h2>${section.notes.map((note) => html`<p>${note}</p>`)}<div class="figures">${section.figures.map(renderFigure)}</div>${warningsOf(section).map((warning) => html`<p class="warning">${warning}</p>`)}${section.exhibits.map(renderExhibit)}</section>`)}
${file.leftOut.length > 0 && html`<section id="left-out"><h2>Not measured</h2>${file.leftOut.map((one) => html`<p>${titleOf(one)}: ${one.why}</p>`)}</section>`}
<section id="about"><h2>How it was measured</h2><table>${rows(file.subject, factNames)}${rows(file.settings, settingNames)}<tr><th>device</th><td>${file.device}</td></tr>${rows(file.versions)}${file.weights.map(({ name, sha256 }) => html`<tr><th>${name}</th><td>SHA-256 ${sha256}</td></tr>`)}</table></section></body></html>`;
  return page.html;
}
