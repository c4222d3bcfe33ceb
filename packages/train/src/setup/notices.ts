import type { DataNotice } from '@munit/data';

/** A notice about an image, in words. */
export function describeNotice(notice: DataNotice): string {
  const where = `${notice.name} (domain ${notice.domain.toUpperCase()})`;
  return notice.kind === 'broken' ? `Skipped ${where}: it ${notice.reason}. ${notice.count} broken so far.` : `${where} ${notice.note}.`;
}

/** What happens before the run can say it: said as soon as it can. */
export class Notices {
  #waiting: string[];
  #listener: ((message: string) => void) | undefined;

  constructor(first: readonly string[] = []) {
    this.#waiting = [...first];
  }

  add(message: string): void {
    if (this.#listener === undefined) this.#waiting.push(message);
    else this.#listener(message);
  }

  /** From now on `listener` is told, what waits first. */
  tell(listener: (message: string) => void): void {
    this.#listener = listener;
    for (const message of this.#waiting) listener(message);
    this.#waiting = [];
  }
}
