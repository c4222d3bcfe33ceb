import { takeOver, waiting } from '../offline/register.js';
import { trainingDevice } from '../training/outside.js';
import { Button } from '../ui/Button.js';

/** A new version waits: it takes over when its user agrees, and not while a run is trained here. */
export function NewVersion() {
  if (waiting.value === undefined) return null;
  return (
    <div class="new-version" role="status">
      <span>{trainingDevice.value === undefined ? 'There is a new version of the studio.' : 'There is a new version of the studio: it comes when training has ended.'}</span>
      <Button label="Reload" disabled={trainingDevice.value !== undefined} onClick={takeOver} />
    </div>
  );
}
