import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from './Button.js';
import { words } from '../words/words.js';

export interface KeptRowProps {
  readonly name: string;
  /** How large, how old. */
  readonly about: string;
  /** What a click on it does; without it, it is there to be read. */
  readonly onOpen?: (() => void) | undefined;
  readonly onRename: (name: string) => void;
  readonly onForget: () => void;
  /** What else can be done with it. */
  readonly children?: preact.ComponentChildren;
}

/** Something of the user's that this browser keeps: opened, renamed, or deleted when that is confirmed. */
export function KeptRow({ name, about, onOpen, onRename, onForget, children }: KeptRowProps) {
  const doing = useSignal<'rename' | 'forget' | undefined>(undefined);
  const row = useRef<HTMLLIElement>(null);
  /** The buttons of the row come back, and the focus with them. */
  const end = (): void => {
    doing.value = undefined;
    requestAnimationFrame(() => row.current?.querySelector('button')?.focus());
  };
  if (doing.value === 'rename') {
    return (
      <li class="kept-row" ref={row}>
        <Rename name={name} onDone={(text) => (end(), text !== undefined && onRename(text))} />
      </li>
    );
  }
  const lines = (
    <>
      <strong class="kept-name">{name}</strong>
      <span class="small numbers">{about}</span>
    </>
  );
  return (
    <li class="kept-row" ref={row}>
      {onOpen === undefined ? (
        <div class="kept-words">{lines}</div>
      ) : (
        <button type="button" class="choice kept-words" onClick={onOpen}>
          {lines}
        </button>
      )}
      {doing.value === 'forget' ? (
        <span class="row" role="group" aria-label={words.value.kept.confirm(name)}>
          <Button kind="danger" label={words.value.kept.forGood} autofocus onClick={onForget} />
          <Button label={words.value.common.keep} onClick={end} />
        </span>
      ) : (
        <span class="row kept-actions">
          {children}
          <Button kind="plain" icon="pen" iconOnly label={words.value.kept.rename(name)} onClick={() => (doing.value = 'rename')} />
          <Button kind="plain" icon="trash" iconOnly label={words.value.kept.remove(name)} onClick={() => (doing.value = 'forget')} />
        </span>
      )}
    </li>
  );
}

function Rename({ name, onDone }: { readonly name: string; readonly onDone: (name: string | undefined) => void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    const text = input.current?.value.trim() ?? '';
    onDone(text === '' || text === name ? undefined : text);
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    // Not the dialog that it is in.
    event.preventDefault();
    onDone(undefined);
  };
  return (
    <form class="row grow" onSubmit={submit}>
      <input ref={input} class="field grow" aria-label={words.value.kept.newName(name)} maxLength={80} value={name} onKeyDown={escape} />
      <button type="submit" class="button">
        {words.value.kept.takeName}
      </button>
    </form>
  );
}
