/** A worker that trains. */
import { serveTraining } from '@munit/train/worker';

serveTraining();
