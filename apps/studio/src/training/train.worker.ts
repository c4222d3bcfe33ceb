/** The worker that trains: all networks, images and checkpoints are here. */
import { serveTraining } from '@munit/train/worker';
import { endWith } from '../workers/retire.js';

endWith(serveTraining());
