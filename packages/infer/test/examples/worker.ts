import { serveTranslator } from '@munit/infer/worker';

serveTranslator();
