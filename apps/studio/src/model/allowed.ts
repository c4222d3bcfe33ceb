/** Addresses of models that the user has loaded before: a link alone makes the page fetch nothing from another host. */
import { change, read } from '../store.js';

const LIST = 'addresses';

export const allow = (address: string): Promise<boolean> => change<readonly string[]>(LIST, (old = []) => [...old.filter((one) => one !== address), address]);

/** What lies on the page's own server needs no asking. */
export async function isAllowed(address: string): Promise<boolean> {
  if (URL.canParse(address) && new URL(address).origin === location.origin) return true;
  return ((await read<readonly string[]>(LIST)) ?? []).includes(address);
}
