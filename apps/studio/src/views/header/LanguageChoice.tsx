import { Icon } from '../../ui/Icon.js';
import { chooseLanguage, isLanguage } from '../../language.js';
import { languages, spoken, words } from '../../words/words.js';

/** The language of the page: each is called as it calls itself. */
export function LanguageChoice() {
  const label = words.value.page.language;
  const take = ({ currentTarget }: { readonly currentTarget: HTMLSelectElement }): void => {
    // Where its words cannot be fetched, the list shows the language that is still spoken.
    if (isLanguage(currentTarget.value)) void chooseLanguage(currentTarget.value).finally(() => (currentTarget.value = spoken.peek().id));
  };
  return (
    <span class="button language" data-kind="plain" data-icon-only="" title={label}>
      <Icon name="language" />
      <select aria-label={label} value={spoken.value.id} onChange={take}>
        {languages.map(({ id, name, tag }) => (
          <option key={id} value={id} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}
