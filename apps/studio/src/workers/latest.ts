/**
 * One at a time, and of those that come meanwhile only the last: a slider that is dragged shows what can be made,
 * neither every step of the way nor only the end. `onIdle` is called when there is nothing left to do.
 */
export function latest<T>(work: (request: T) => Promise<void>, onIdle?: () => void): (request: T) => void {
  let running = false;
  let pending: { readonly request: T } | undefined;
  const turn = async (): Promise<void> => {
    running = true;
    while (pending !== undefined) {
      const { request } = pending;
      pending = undefined;
      await work(request);
    }
    running = false;
    onIdle?.();
  };
  return (request) => {
    pending = { request };
    if (!running) void turn();
  };
}
