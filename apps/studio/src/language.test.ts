import { expect, it } from 'vitest';
import { decimal, megabytes, milliseconds } from './ui/numbers.js';
import { isLanguage, preferred } from './language.js';
import { languages, spoken } from './words/words.js';

it('takes the first language of the browser that there is', () => {
  expect(preferred(['de-CH', 'en'])).toBe('de');
  expect(preferred(['fr', 'zh-Hant-TW', 'de'])).toBe('zh');
  expect(preferred(['en-GB', 'de'])).toBe('en');
  expect(preferred(['DE'])).toBe('de');
  expect(preferred(['den', 'fr-FR'])).toBe('en');
  expect(preferred([])).toBe('en');
  expect([isLanguage('zh'), isLanguage('zh-Hans'), isLanguage(null)]).toEqual([true, false, false]);
});

it('writes numbers as the language does', async () => {
  const said: string[][] = [];
  for (const { id, load } of languages) {
    spoken.value = { id, words: await load() };
    said.push([megabytes(5_540_000), megabytes(2.25e9), megabytes(512), milliseconds(87.4), milliseconds(1340), decimal(-1.5, 3)]);
  }
  spoken.value = { id: 'en', words: await languages[0].load() };
  expect(said).toEqual([
    ['5.5 MB', '2.3 GB', '1 kB', '87 ms', '1.3 s', '-1.500'],
    ['5,5 MB', '2,3 GB', '1 kB', '87 ms', '1,3 s', '-1,500'],
    ['5.5 MB', '2.3 GB', '1 kB', '87 ms', '1.3 s', '-1.500'],
  ]);
});
