/** The worker that holds the model: all networks run here. */
import { serveTranslator } from '@munit/infer/worker';
import { endWith } from './retire.js';

endWith(serveTranslator());
