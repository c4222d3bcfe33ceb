import { Button } from './Button.js';
import { dismiss, notices } from './notices.js';

/** Errors are announced at once, the rest when the reader has finished its sentence. */
export function NoticeList() {
  const of = (kind: 'info' | 'error') => notices.value.filter((notice) => notice.kind === kind);
  const line = ({ id, kind, text }: (typeof notices.value)[number]) => (
    <div class="notice" data-kind={kind} key={id}>
      <p>{text}</p>
      <Button kind="plain" icon="close" iconOnly label="Dismiss" onClick={() => dismiss(id)} />
    </div>
  );
  return (
    <div class="notices">
      <div role="alert">{of('error').map(line)}</div>
      <div role="status">{of('info').map(line)}</div>
    </div>
  );
}
