/** What the page gives to its script. */
import type UPlot from 'uplot';
import type { PageData } from '../render/page.js';

export type { PageData };

/** The chart library, which the page holds before this script. */
export const plotLibrary = (): typeof UPlot => (globalThis as typeof globalThis & { readonly uPlot: typeof UPlot }).uPlot;

export function element<T extends HTMLElement>(id: string, kind: new () => T): T | undefined {
  const found = document.getElementById(id);
  return found instanceof kind ? found : undefined;
}

export function readPageData(): PageData {
  return JSON.parse(document.getElementById('munit-data')?.textContent ?? '{}') as PageData;
}

/** Settings that outlive a reload; none where the browser keeps nothing for local files. */
export const memory = {
  get(key: string): string | undefined {
    try {
      return sessionStorage.getItem(`munit:${location.pathname}:${key}`) ?? undefined;
    } catch {
      return undefined;
    }
  },
  set(key: string, value: string): void {
    try {
      sessionStorage.setItem(`munit:${location.pathname}:${key}`, value);
    } catch {
      // A private window: the page only forgets its place.
    }
  },
};
