/** The demo page of `<munit-translator>`, at `element.html`: the element registers itself, and what it reports is written down. */
import '@munit/element/define';
import { logLine } from './log.js';

const list = document.querySelector('#log')!;

for (const element of document.querySelectorAll('munit-translator')) {
  const name = element.closest('section')?.querySelector('h2')?.textContent ?? '';
  const add = (text: string): void => list.prepend(logLine(name, text));
  element.addEventListener('load', () => add(`load: on ${element.translator!.device.description}`));
  element.addEventListener('translate', ({ detail }) => add(`translate: ${detail.pictures.length} × ${detail.pictures[0]!.width} × ${detail.pictures[0]!.height}`));
  element.addEventListener('error', ({ message }) => add(`error: ${message}`));
}
