import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Button } from '../ui/Button.js';
import { notifyError } from '../ui/notices.js';
import { megabytes } from '../ui/numbers.js';
import { forget, type Holding, keeping, type KeptKind, lookAtKeeping } from './keeping.js';
import { words } from '../words/words.js';

const kinds: readonly KeptKind[] = ['images', 'models', 'runs', 'downloads'];

function lineOf(kind: KeptKind, { count, bytes }: Holding): string {
  const said = words.value.keeping;
  return bytes === undefined ? said[kind](count) : said.withSize(said[kind](count), megabytes(bytes));
}

/** What this browser keeps: by kind, and each kind forgotten by itself. */
export function Kept() {
  const asked = useSignal<KeptKind | 'everything' | undefined>(undefined);
  const said = useSignal('');
  useEffect(() => void lookAtKeeping().catch(notifyError), []);
  const now = keeping.value;
  if (now === undefined) return null;
  const { holdings, used, quota, persistent } = now;
  const there = kinds.filter((kind) => holdings[kind].count > 0);
  const texts = words.value.keeping;
  const confirm = (): void => {
    const kind = asked.value!;
    asked.value = undefined;
    forget(kind).then((left) => (said.value = `${kind === 'everything' ? words.peek().keeping.allForgotten : words.peek().keeping.forgotten} ${left}`), notifyError);
  };
  return (
    <section class="stack" aria-label={texts.region}>
      <h3>{texts.title}</h3>
      {there.length === 0 && <p class="small">{texts.nothing}</p>}
      <ul class="kept">
        {there.map((kind) => (
          <li key={kind} class="row">
            <span class="grow numbers">{lineOf(kind, holdings[kind])}</span>
            <Button kind="plain" icon="trash" iconOnly label={texts.forget[kind]} onClick={() => (asked.value = kind)} />
          </li>
        ))}
      </ul>
      {used !== undefined && quota !== undefined && (
        <p class="small numbers">
          {texts.used(megabytes(used), megabytes(quota))} {persistent ? texts.promised : texts.mayGo}
        </p>
      )}
      {asked.value !== undefined ? (
        <div class="row" role="group" aria-label={texts.question}>
          <span class="grow">{texts.ask[asked.value]}</span>
          <Button kind="danger" label={texts.yes} autofocus onClick={confirm} />
          <Button label={words.value.common.keep} onClick={() => (asked.value = undefined)} />
        </div>
      ) : (
        there.length > 0 && <div class="row"><Button label={texts.forget.everything} onClick={() => (asked.value = 'everything')} /></div>
      )}
      <p class="small" role="status">
        {said.value}
      </p>
    </section>
  );
}
