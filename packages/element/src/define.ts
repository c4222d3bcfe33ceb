/** `import '@munit/element/define'` makes the tag `<munit-translator>` work; outside a page it does nothing. */
import { defineMunitTranslator, MunitTranslatorElement } from './element.js';

defineMunitTranslator();

export { MunitTranslatorElement };
