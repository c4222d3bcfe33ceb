/** What happens before a run can report it: reported as soon as somebody listens. */
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

  /** Passes on what waits, and everything from now on. */
  flush(listener: (message: string) => void): void {
    this.#listener = listener;
    for (const message of this.#waiting.splice(0)) listener(message);
  }
}
