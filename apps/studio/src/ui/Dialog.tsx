import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Button } from './Button.js';

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
    ref.current?.showModal();
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
          <Button kind="plain" icon="close" iconOnly label="Close" onClick={onClose} />
        </div>
        {children}
      </div>
    </dialog>
  );
}
