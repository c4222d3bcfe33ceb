/** What was opened is closed again, all of it, whatever fails on the way. */

/** Things to let go, in the reverse order in which they were opened. */
export class ReleaseStack {
  readonly #steps: { readonly what: string; readonly release: () => unknown }[] = [];
  readonly #onFailure: (what: string, error: unknown) => void;

  /** `onFailure` hears what could not be let go; it must not throw. */
  constructor(onFailure: (what: string, error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** `what` completes the sentence "… could not be closed". */
  add(what: string, release: () => unknown): void {
    this.#steps.push({ what, release });
  }

  /** Lets everything go. Never throws: the error that ended the work, or its result, is what counts. */
  async release(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.release();
      } catch (error) {
        this.#onFailure(step.what, error);
      }
    }
  }
}
