import { element, memory } from './page.js';

/** A switch between light and dark; without a choice the system's holds. `onChange` draws what knows its own colours. */
export function startTheme(onChange: () => void): void {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const button = element('theme', HTMLButtonElement);
  const isDark = (): boolean => (root.dataset['theme'] ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const show = (): void => {
    if (button !== undefined) button.textContent = isDark() ? 'Light' : 'Dark';
  };
  system.addEventListener('change', () => {
    show();
    onChange();
  });
  if (button !== undefined) button.hidden = false;
  button?.addEventListener('click', () => {
    root.dataset['theme'] = isDark() ? 'light' : 'dark';
    memory.set('theme', root.dataset['theme']);
    show();
    onChange();
  });
  show();
}

/** The choice of an earlier load, before anything is drawn. */
export function restoreTheme(): void {
  const chosen = memory.get('theme');
  if (chosen !== undefined) document.documentElement.dataset['theme'] = chosen;
}
