import type { ReportData } from '../history/history.js';
import type { SampleThumbnail } from '../history/samples.js';
import { html, type Html } from '../html.js';

const names: Readonly<Record<string, string>> = { 'a-to-b': 'A to B', 'b-to-a': 'B to A' };

const altOf = ({ name, columns, rows }: SampleThumbnail): string =>
  `Grid of images, ${names[name] ?? name}. Columns: ${columns.join(', ')}. Rows: ${rows.join(', ')}.`;

/** On a narrow screen a grid scrolls sideways instead of shrinking to nothing. */
const leastWidth = ({ columns }: SampleThumbnail): number => Math.max(1, columns.length) * 52;

function figure(grid: SampleThumbnail): Html {
  return html`
<figure class="grid" data-grid="${grid.name}">
  <figcaption><b>${names[grid.name] ?? grid.name}</b> ${grid.caption}</figcaption>
  <div class="scroll" tabindex="0" role="region" aria-label="${names[grid.name] ?? grid.name}">
    <img src="${grid.uri}" alt="${altOf(grid)}" width="${grid.width}" height="${grid.height}" style="min-width:${leastWidth(grid)}px">
  </div>
  <p class="muted small below">${grid.rows.length > 0 && html`<span>Rows: ${grid.rows.join(', ')}</span>`}
    ${grid.file !== '' && html`<a href="${grid.file}">Full size</a>`}</p>
</figure>`;
}

/** When images are first made; a run of another program may not say. */
function firstMoment(config: unknown): string {
  const every: unknown = typeof config === 'object' && config !== null && 'image_display_iter' in config ? config.image_display_iter : undefined;
  return typeof every === 'number' ? `at step ${every.toLocaleString('en-US')} (image_display_iter)` : 'after some steps';
}

/** The grids of the newest step, and a way back through the others. */
export function renderImages({ samples, config }: Pick<ReportData, 'samples' | 'config'>): Html {
  const newest = samples.at(-1);
  if (newest === undefined) {
    return html`<section class="card" id="images"><h2>Images</h2><p class="muted">The first images appear ${firstMoment(config)}.</p></section>`;
  }
  const last = samples.length - 1;
  return html`
<section class="card" id="images">
  <div class="head">
    <h2>Images</h2>
    <div class="player" id="player" ${last === 0 && html`hidden`}>
      <button type="button" id="play" class="quiet" aria-pressed="false">Play</button>
      <input type="range" id="moment" min="0" max="${last}" value="${last}" step="1" aria-label="Step of the images" aria-describedby="moment-step">
      <output id="moment-step" for="moment">Step ${newest.step.toLocaleString('en-US')}</output>
    </div>
  </div>
  <p class="muted">The same inputs at every step, straight from the model: nothing is stretched or picked.</p>
  ${newest.grids.map(figure)}
</section>`;
}
