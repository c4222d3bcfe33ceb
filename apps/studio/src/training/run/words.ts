/** What went wrong, for who sits before the page and not for who wrote it. */
import { WorkerError } from '../worker/client.js';

export function failureText(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  switch (thrown instanceof WorkerError ? thrown.code : undefined) {
    case 'DEVICE_LOST':
      return 'The graphics device was lost: its driver has restarted, the machine has slept, or memory has run out. The last checkpoint is kept.';
    case 'OUT_OF_MEMORY':
      return 'There is too little memory for this run. Choose smaller pictures, a smaller batch or narrower networks. The last checkpoint is kept.';
    case 'NON_FINITE':
      return 'The losses are no longer numbers, for the second time. Start again with a lower learning rate, and look for odd pictures.';
    default:
      return message;
  }
}
