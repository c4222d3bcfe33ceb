import { signal } from '@preact/signals';
import { bundledKind } from '../../model/bundled.js';
import { nameOf } from '../../model/choice.js';
import { model } from '../../model/session.js';
import { source } from '../../direction.js';
import { styleDim } from '../../styles/style.js';
import { Button } from '../../ui/Button.js';
import { Marked } from '../../words/Marked.js';
import { words } from '../../words/words.js';

const KEY = 'munit-studio-intro';

/** Storage may be blocked: then it is read again. */
function wasRead(): boolean {
  try {
    return localStorage.getItem(KEY) === 'read';
  } catch {
    return false;
  }
}

const read = signal(wasRead());

/** What this is, what a style is, and what the model at hand knows. */
export function Intro() {
  if (read.value) return null;
  const close = (): void => {
    read.value = true;
    try {
      localStorage.setItem(KEY, 'read');
    } catch {
      // Storage is blocked.
    }
  };
  const said = words.value.intro;
  const choice = model.value?.choice;
  return (
    <section class="intro" aria-label={said.region}>
      <p>
        <Marked text={styleDim.value > 0 ? said.textWith(styleDim.value) : said.text} /> {choice?.kind === 'bundled' && said.knows(nameOf(choice), bundledKind(choice.id, source.value))}{' '}
        <a href="https://arxiv.org/abs/1804.04732" target="_blank" rel="noopener noreferrer">
          {said.paper}
        </a>
      </p>
      <Button kind="plain" icon="close" iconOnly label={said.close} onClick={close} />
    </section>
  );
}
