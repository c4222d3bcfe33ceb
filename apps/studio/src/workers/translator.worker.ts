/** The worker that holds the model: all networks run here. */
import { serveTranslator } from '@munit/infer/worker';
import { endWith } from '@munit/core/channel';

endWith(serveTranslator());
