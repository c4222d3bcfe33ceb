/** Which language the studio speaks: a link's, the one that was chosen here, or the first of the browser's that there is. */
import { signal } from '@preact/signals';
import { part } from './chunk.js';
import { notifyError } from './ui/notices.js';
import { type LanguageId, languages, spoken, words } from './words/words.js';

const KEY = 'munit-studio-language';

/** The language that the address names, until another one is chosen. */
export const linkedLanguage = signal<LanguageId | undefined>(undefined);

export const isLanguage = (text: string | null | undefined): text is LanguageId => languages.some(({ id }) => id === text);

/** Storage may be blocked: then the choice lasts as long as the page. */
function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** The first language that people prefer and the studio speaks, by its first part: `de-CH` is German. English where it speaks none. */
export function preferred(tags: readonly string[]): LanguageId {
  for (const tag of tags) {
    const id = tag.toLowerCase().split('-')[0];
    if (isLanguage(id)) return id;
  }
  return 'en';
}

/** Which of several calls is the last: a table that comes late is not taken. */
let turn = 0;

/** Speaks a language once its table is there. @returns whether it does: another may have been chosen meanwhile @throws DataError when it cannot be fetched; the language stays as it was */
async function speak(id: LanguageId): Promise<boolean> {
  const mine = ++turn;
  const { load, tag } = languages.find((one) => one.id === id)!;
  const table = id === spoken.peek().id ? words.peek() : await part(words.peek().page.languageFailed, load);
  if (mine !== turn) return false;
  spoken.value = { id, words: table };
  document.documentElement.lang = tag;
  document.querySelector('meta[name=description]')?.setAttribute('content', table.page.description);
  return true;
}

/** Before the page is drawn: nothing flashes in another language. Without the table the page is English, and says why. */
export async function startLanguage(linked: string | undefined): Promise<void> {
  const here = kept();
  if (isLanguage(linked)) linkedLanguage.value = linked;
  await speak(linkedLanguage.peek() ?? (isLanguage(here) ? here : preferred(navigator.languages))).catch(notifyError);
}

/** What an address says that is opened while the page is there. */
export function takeLinkedLanguage(id: LanguageId): void {
  linkedLanguage.value = id;
  speak(id).catch(notifyError);
}

/** The choice of the user: kept in this browser, and stronger than the link's. What is on the page stays; notices stay as they were said. */
export async function chooseLanguage(id: LanguageId): Promise<void> {
  try {
    if (!(await speak(id))) return;
  } catch (error) {
    return notifyError(error);
  }
  linkedLanguage.value = undefined;
  try {
    localStorage.setItem(KEY, id);
  } catch {
    // Storage is blocked.
  }
}
