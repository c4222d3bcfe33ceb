/** Light or dark: the system's, or the one that was chosen here. */
import { signal } from '@preact/signals';

type Theme = 'light' | 'dark';

const KEY = 'munit-studio-theme';

const dark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

export const theme = signal<Theme>('light');

/** Storage may be blocked: then the choice lasts as long as the page. */
function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function apply(next: Theme): void {
  theme.value = next;
  document.documentElement.dataset['theme'] = next;
}

export function startTheme(): void {
  const system = dark();
  const follow = (): void => {
    const kept = stored();
    apply(kept === 'light' || kept === 'dark' ? kept : system.matches ? 'dark' : 'light');
  };
  system.addEventListener('change', follow);
  follow();
}

export function toggleTheme(): void {
  apply(theme.peek() === 'dark' ? 'light' : 'dark');
  try {
    localStorage.setItem(KEY, theme.peek());
  } catch {
    // Storage is blocked.
  }
}
