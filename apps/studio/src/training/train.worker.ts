/** The worker that trains: all networks, images and checkpoints are here. */
import { serveTraining } from '@munit/train/worker';
import { endWith } from '@munit/core/channel';

endWith(serveTraining());
