import { useSignal } from '@preact/signals';
import { Button } from './Button.js';
import { dismiss, held, type Notice, notices } from './notices.js';
import { words } from '../words/words.js';

/** As many as do not hide the page. */
const SHOWN = 3;

/** Errors are announced at once, the rest when the reader has finished its sentence. Of many the newest are seen, and the rest on a click. */
export function NoticeList() {
  const all = useSignal(false);
  const every = notices.value;
  const hidden = all.value ? 0 : Math.max(0, every.length - SHOWN);
  const seen = every.slice(hidden);
  const of = (kind: Notice['kind']) => seen.filter((notice) => notice.kind === kind).map((notice) => <Line key={notice.id} notice={notice} />);
  const hold = (value: boolean) => (): void => void (held.value = value);
  return (
    // oxlint-disable-next-line jsx_a11y/no-static-element-interactions -- pointing at what is read keeps it there
    <div class="notices" onPointerEnter={hold(true)} onPointerLeave={hold(false)} onFocusIn={hold(true)} onFocusOut={hold(false)}>
      {every.length > 1 && (
        <div class="row notices-all">
          {(hidden > 0 || all.value) && <Button label={all.value ? words.value.page.fewer : words.value.page.more(hidden)} onClick={() => (all.value = !all.value)} />}
          <Button label={words.value.page.dismissAll} onClick={() => dismiss(...every.map(({ id }) => id))} />
        </div>
      )}
      <div role="alert">{of('error')}</div>
      <div role="status">{of('info')}</div>
    </div>
  );
}

function Line({ notice: { id, kind, text } }: { readonly notice: Notice }) {
  return (
    <div class="notice" data-kind={kind}>
      <p>{text}</p>
      <Button kind="plain" icon="close" iconOnly label={words.value.page.dismiss} onClick={() => dismiss(id)} />
    </div>
  );
}
