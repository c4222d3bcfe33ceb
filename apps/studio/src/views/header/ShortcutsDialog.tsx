import { Dialog } from '../../ui/Dialog.js';
import { otherKeys, shortcuts, shortcutsOn, shortcutsOpen, switchShortcuts } from '../../shortcuts.js';
import { words } from '../../words/words.js';

/** What single keys do, and whether they do. */
export function ShortcutsDialog() {
  if (!shortcutsOpen.value) return null;
  return (
    <Dialog title={words.value.keys.title} onClose={() => (shortcutsOpen.value = false)}>
      <label class="row">
        <input type="checkbox" checked={shortcutsOn.value} onChange={({ currentTarget }) => switchShortcuts(currentTarget.checked)} />
        <span>{words.value.keys.on}</span>
      </label>
      <dl class="keys">
        {[...shortcuts.map(({ key, label }) => [key.toUpperCase(), label()] as const), ...otherKeys()].map(([keys, label]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
