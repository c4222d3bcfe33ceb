/** HTML of the marks that the page of results is made of. Text is escaped here. */

/** Text with the letters escaped that mean something in HTML. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** A share as a percentage. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** What a track shows. */
export interface Track {
  /** Where the figure lies. */
  readonly value: number;
  /** Its interval. */
  readonly interval: { readonly low: number; readonly high: number } | undefined;
  /** Small dots: single workers. */
  readonly dots?: readonly number[] | undefined;
}

/** The values at both ends of tracks that are read against each other, and the one that says "no difference". */
export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly middle: number;
}

/** A figure as a point and a bar on a scale. The numbers stand beside it: it says nothing to those who do not see it. */
export function track({ value, interval, dots = [] }: Track, { from, to, middle }: Scale): string {
  const place = (x: number): string => `${(100 * Math.min(1, Math.max(0, (x - from) / (to - from)))).toFixed(2)}%`;
  const width = interval === undefined ? 0 : (100 * (interval.high - interval.low)) / (to - from);
  const range = interval === undefined ? '' : `<i class="range" style="left:${place(interval.low)};width:${width.toFixed(2)}%"></i>`;
  return `<div class="track" aria-hidden="true"><i class="middle" style="left:${place(middle)}"></i>${range}${dots.map((dot) => `<i class="dot" style="left:${place(dot)}"></i>`).join('')}<i class="value" style="left:${place(value)}"></i></div>`;
}

/** A labelled figure with its track. */
export const row = (label: string, figure: string, mark: string): string => `<li><span class="label">${escaped(label)}</span><span class="figure">${escaped(figure)}</span>${mark}</li>`;

/** A table that scrolls on narrow screens. */
export function table(label: string, head: readonly string[], rows: readonly { readonly cells: readonly string[]; readonly marked: boolean }[]): string {
  const body = rows.map(({ cells: [name = '', ...rest], marked }) => `<tr${marked ? ' class="failed"' : ''}><th scope="row">${escaped(name)}</th>${rest.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`);
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(label)}"><table><thead><tr>${head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}
