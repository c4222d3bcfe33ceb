import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';
import { filesOf } from './files.js';
import { notifyError } from './notices.js';

export interface DropZoneProps {
  readonly label: string;
  /** The files that were dropped; of a folder all that it holds. */
  readonly onFiles: (files: File[]) => void;
  readonly children: ComponentChildren;
}

/** A place to drop files and folders on; buttons to pick them instead are its children. */
export function DropZone({ label, onFiles, children }: DropZoneProps) {
  const over = useSignal(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    over.value = false;
    if (event.dataTransfer !== null) filesOf(event.dataTransfer).then(onFiles, notifyError);
  };
  const show = (event: DragEvent, value: boolean): void => {
    event.preventDefault();
    over.value = value;
  };
  return (
    <div class="drop" role="group" aria-label={label} data-over={over.value} onDragOver={(e) => show(e, true)} onDragLeave={(e) => show(e, false)} onDrop={drop}>
      {children}
    </div>
  );
}
