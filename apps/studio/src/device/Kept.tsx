import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Button } from '../ui/Button.js';
import { notifyError } from '../ui/notices.js';
import { counted, megabytes } from '../ui/numbers.js';
import { forget, type Holding, keeping, type KeptKind, lookAtKeeping } from './keeping.js';

const kinds: readonly { readonly kind: KeptKind; readonly what: (holding: Holding) => string; readonly label: string }[] = [
  { kind: 'images', what: ({ count }) => counted(count, 'image'), label: 'Forget the images' },
  { kind: 'models', what: ({ count }) => counted(count, 'model'), label: 'Forget the models' },
  { kind: 'runs', what: ({ count }) => counted(count, 'training run'), label: 'Forget the runs' },
  { kind: 'downloads', what: ({ count }) => `${counted(count, 'downloaded model')}, fetched again when needed`, label: 'Forget the downloads' },
];

/** What this browser keeps: by kind, and each kind forgotten by itself. */
export function Kept() {
  const asked = useSignal<KeptKind | 'everything' | undefined>(undefined);
  const said = useSignal('');
  useEffect(() => void lookAtKeeping().catch(notifyError), []);
  const now = keeping.value;
  if (now === undefined) return null;
  const { holdings, used, quota, persistent } = now;
  const there = kinds.filter(({ kind }) => holdings[kind].count > 0);
  const confirm = (): void => {
    const kind = asked.value!;
    asked.value = undefined;
    forget(kind).then((left) => (said.value = `${kind === 'everything' ? 'Nothing is kept for the next visit.' : 'Forgotten.'} ${left}`), notifyError);
  };
  return (
    <section class="stack" aria-label="What this browser keeps">
      <h3>Kept in this browser</h3>
      {there.length === 0 && <p class="small">Nothing.</p>}
      <ul class="kept">
        {there.map(({ kind, what, label }) => (
          <li key={kind} class="row">
            <span class="grow numbers">
              {what(holdings[kind])}
              {holdings[kind].bytes !== undefined && `, ${megabytes(holdings[kind].bytes)}`}
            </span>
            <Button kind="plain" icon="trash" iconOnly label={label} onClick={() => (asked.value = kind)} />
          </li>
        ))}
      </ul>
      {used !== undefined && quota !== undefined && (
        <p class="small numbers">
          {megabytes(used)} in all, of {megabytes(quota)} that the browser allows this page. {persistent ? 'The browser has promised to keep it.' : 'When the disk is full, the browser may clear it: download what matters.'}
        </p>
      )}
      {asked.value !== undefined ? (
        <div class="row" role="group" aria-label="Forget for good?">
          <span class="grow">{asked.value === 'everything' ? 'Forget everything, for good?' : `${kinds.find(({ kind }) => kind === asked.value)!.label}, for good?`}</span>
          <Button kind="danger" label="Forget" autofocus onClick={confirm} />
          <Button label="Keep" onClick={() => (asked.value = undefined)} />
        </div>
      ) : (
        there.length > 0 && <div class="row"><Button label="Forget everything" onClick={() => (asked.value = 'everything')} /></div>
      )}
      <p class="small" role="status">
        {said.value}
      </p>
    </section>
  );
}
