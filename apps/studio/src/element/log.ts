/** A line of the list of events. */

/** As many as are worth reading. */
const MOST = 50;

export function logLine(name: string, text: string): HTMLLIElement {
  const line = document.createElement('li');
  line.textContent = `${name}: ${text}`;
  const list = document.querySelector('#log');
  while ((list?.children.length ?? 0) >= MOST) list?.lastElementChild?.remove();
  return line;
}
