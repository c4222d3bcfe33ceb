import { DeviceBadge } from '../../device/DeviceBadge.js';
import { shortcutsOpen } from '../../shortcuts.js';
import { Button } from '../../ui/Button.js';
import { Tabs } from './Tabs.js';
import { theme, toggleTheme } from './theme.js';

export function Header() {
  return (
    <header class="top">
      <h1>
        <img src="./favicon.svg" alt="" width="28" height="28" />
        munit studio
      </h1>
      <Tabs />
      <p class="small grow promise">No account, and nothing leaves your machine.</p>
      <DeviceBadge />
      <Button kind="plain" icon="keyboard" iconOnly label="Keyboard shortcuts" onClick={() => (shortcutsOpen.value = true)} />
      <Button
        kind="plain"
        icon={theme.value === 'dark' ? 'sun' : 'moon'}
        iconOnly
        label={theme.value === 'dark' ? 'Light colours' : 'Dark colours'}
        onClick={toggleTheme}
      />
    </header>
  );
}
