/** HTML as a tagged template in which every value is escaped unless it is HTML itself. */

/** Text that is HTML. */
export interface Html {
  /** The text. */
  readonly html: string;
}

/** What a template takes: text is escaped, HTML is not, `undefined` and `false` are nothing. */
export type HtmlValue = string | number | Html | readonly HtmlValue[] | undefined | false;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text with the letters escaped that mean something in HTML. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => entities[letter]!);

function toHtml(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  if ('html' in value) return value.html;
  return value.map(toHtml).join('');
}

/** A template of HTML. */
export const html = (parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html => ({
  html: parts.reduce((text, part, i) => text + toHtml(values[i - 1]) + part),
});

/** Text that is HTML, a style sheet or a script already. */
export const raw = (text: string): Html => ({ html: text });

/** Data for a script of the page: nothing in it can end the element that holds it. */
export const jsonScript = (id: string, data: unknown): Html =>
  raw(`<script type="application/json" id="${id}">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`);
