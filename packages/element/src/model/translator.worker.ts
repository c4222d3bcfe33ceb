/** The worker that holds a model for all elements of the page that show it. */
import { endWith } from '@munit/core/channel';
import { serveTranslator } from '@munit/infer/worker';

endWith(serveTranslator());
