/** The page of a running run reloads itself and keeps its place. */
import { element, memory, type PageData } from './page.js';

/** So long without news, and the run is likely dead. */
const staleMs = 15 * 60_000;

function ago(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'a moment ago';
  if (minutes < 60) return minutes === 1 ? 'a minute ago' : `${minutes} minutes ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours ago` : `${Math.round(hours / 24)} days ago`;
}

/** Starts reloading; `isBusy` says that the reader is in the middle of something. */
export function startLive({ live, refreshSeconds, updatedAt }: PageData, isBusy: () => boolean): void {
  const freshness = element('freshness', HTMLElement);
  const stale = element('stale', HTMLElement);
  const tell = (): void => {
    const age = Date.now() - updatedAt;
    if (freshness !== undefined) freshness.textContent = `Last update ${ago(age)} (${new Date(updatedAt).toLocaleString()}).`;
    if (stale !== undefined) stale.hidden = !live || age < staleMs;
  };
  tell();
  setInterval(tell, 30_000);

  const place = memory.get('scroll');
  if (place !== undefined) scrollTo({ top: Number(place), behavior: 'instant' });
  memory.set('scroll', '0');
  if (!live) return;

  let touched = 0;
  for (const kind of ['pointerdown', 'pointermove', 'keydown', 'wheel']) addEventListener(kind, () => (touched = Date.now()), { passive: true });
  const period = Date.now() - updatedAt > staleMs ? 10 * refreshSeconds : refreshSeconds;
  const loaded = Date.now();
  setInterval(() => {
    const due = Date.now() - loaded >= period * 1000;
    const inUse = isBusy() || Date.now() - touched < 4000 || document.querySelector('details[open]') !== null;
    if (!due || inUse || document.hidden) return;
    memory.set('scroll', String(scrollY));
    location.reload();
  }, 1000);
}
