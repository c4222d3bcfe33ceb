import { signal } from '@preact/signals';
import { knownKinds } from '../../image/samples.js';
import { nameOf } from '../../model/choice.js';
import { model } from '../../model/session.js';
import { source } from '../../direction.js';
import { styleDim } from '../../styles/style.js';
import { Button } from '../../ui/Button.js';

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
  const kind = knownKinds.value?.[source.value];
  return (
    <section class="intro" aria-label="What this is">
      <p>
        <strong>One image becomes many.</strong> A model keeps what an image shows and changes how it looks. How it looks is its <em>style</em>
        {styleDim.value > 0 ? `: ${styleDim.value} numbers, ` : ', '}
        drawn at random, set by sliders, or taken from another image.
        {kind !== undefined && model.value !== undefined && ` ${nameOf(model.value.choice)}, the model at hand, knows ${kind.about}: draw some.`}{' '}
        <a href="https://arxiv.org/abs/1804.04732" target="_blank" rel="noopener noreferrer">
          The paper
        </a>
      </p>
      <Button kind="plain" icon="close" iconOnly label="Close this introduction" onClick={close} />
    </section>
  );
}
