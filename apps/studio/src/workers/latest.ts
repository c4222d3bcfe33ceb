/**
 * One at a time, and of those that come meanwhile only the last: a slider that is dragged shows what can be made,
 * neither every step of the way nor only the end. `onIdle` is called when there is nothing left to do.
 * @returns asks for `work`; fulfilled when there is nothing left to do, rejected with what `work` throws, after which the next request starts again
 */
export function latest<T>(work: (request: T) => Promise<void>, onIdle?: () => void): (request: T) => Promise<void> {
  let turn: Promise<void> | undefined;
  let pending: { readonly request: T } | undefined;
  const run = async (): Promise<void> => {
    try {
      while (pending !== undefined) {
        const { request } = pending;
        pending = undefined;
        await work(request);
      }
    } finally {
      turn = undefined;
      onIdle?.();
    }
  };
  return (request) => {
    pending = { request };
    return (turn ??= run());
  };
}
