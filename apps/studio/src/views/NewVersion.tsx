import { takeOver, waiting } from '../offline/register.js';
import { trainingDevice } from '../training/outside.js';
import { Button } from '../ui/Button.js';
import { words } from '../words/words.js';

/** A new version waits: it takes over when its user agrees, and not while a run is trained here. */
export function NewVersion() {
  if (waiting.value === undefined) return null;
  return (
    <div class="new-version" role="status">
      <span>{trainingDevice.value === undefined ? words.value.page.newVersion : words.value.page.newVersionLater}</span>
      <Button label={words.value.page.reload} disabled={trainingDevice.value !== undefined} onClick={takeOver} />
    </div>
  );
}
