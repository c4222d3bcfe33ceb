import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Button } from './Button.js';
import { NoticeList } from './NoticeList.js';
import { dialogs } from './notices.js';
import { words } from '../words/words.js';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A modal dialog: the browser keeps the focus inside, gives it back, and closes on Escape. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    // A dialog that is taken out of the page gives the focus back to nobody.
    const before = document.activeElement;
    ref.current?.showModal();
    dialogs.value += 1;
    return () => {
      dialogs.value -= 1;
      requestAnimationFrame(() => {
        const lost = document.activeElement === null || document.activeElement === document.body;
        if (lost && before instanceof HTMLElement && before.isConnected) before.focus();
      });
    };
  }, []);
  const outside = (event: MouseEvent): void => {
    if (event.target === ref.current) onClose();
  };
  return (
    <dialog class="dialog" ref={ref} aria-labelledby={id} onClose={onClose} onClick={outside}>
      <div class="stack">
        <div class="row">
          <h2 id={id} class="grow">
            {title}
          </h2>
          <Button kind="plain" icon="close" iconOnly label={words.value.common.close} onClick={onClose} />
        </div>
        {children}
      </div>
      {/* What is behind a dialog can neither be read nor dismissed. */}
      <NoticeList />
    </dialog>
  );
}
