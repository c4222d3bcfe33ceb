import { DeviceBadge } from '../../device/DeviceBadge.js';
import { shortcutsOpen } from '../../shortcuts.js';
import { Button } from '../../ui/Button.js';
import { LanguageChoice } from './LanguageChoice.js';
import { Tabs } from './Tabs.js';
import { theme, toggleTheme } from './theme.js';
import { words } from '../../words/words.js';

export function Header() {
  const { keys, page } = words.value;
  return (
    <header class="top">
      <h1>
        <img src="./favicon.svg" alt="" width="28" height="28" />
        {page.title}
      </h1>
      <Tabs />
      <p class="small grow promise">{page.promise}</p>
      <DeviceBadge />
      <LanguageChoice />
      <span class="keyboard">
        <Button kind="plain" icon="keyboard" iconOnly label={keys.open} onClick={() => (shortcutsOpen.value = true)} />
      </span>
      <Button
        kind="plain"
        icon={theme.value === 'dark' ? 'sun' : 'moon'}
        iconOnly
        label={theme.value === 'dark' ? page.light : page.dark}
        onClick={toggleTheme}
      />
    </header>
  );
}
