import { defineMunitTranslator, type MunitTranslatorElement } from '@munit/element';

defineMunitTranslator();

/** Puts a translator into a page, and writes down the styles that people find. */
export function addTranslator(place: HTMLElement, found: (code: readonly number[]) => void): MunitTranslatorElement {
  const element = document.createElement('munit-translator');
  element.src = 'https://example.org/models/animals/';
  element.pad = true;
  element.addEventListener('progress', ({ loaded, total, lengthComputable }) => {
    if (lengthComputable) console.debug(`${Math.round((100 * loaded) / total)} %`);
  });
  element.addEventListener('load', () => console.debug(`on ${element.translator?.device.description}`));
  element.addEventListener('translate', ({ detail }) => found(detail.codes[0]!));
  element.addEventListener('error', ({ message }) => console.debug(message));
  place.append(element);
  return element;
}
