/** The worker that holds the model: all networks run here. */
import { serveTranslator } from '@munit/infer/worker';

serveTranslator();
