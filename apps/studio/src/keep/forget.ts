/** Forgetting everything of the user's own that was kept. */
import { keptModels } from './models.js';
import { removeAll } from './store.js';

/** What the page shows stays until it is left. */
export async function forgetAll(): Promise<void> {
  await removeAll();
  keptModels.value = [];
}
