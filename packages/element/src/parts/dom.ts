/** Elements, made in one expression. */

/** A new element with properties and children; `part` and whatever has a `-` in it are attributes. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, properties: Readonly<Record<string, unknown>> = {}, ...children: readonly (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'part' || name === 'role' || name.includes('-')) element.setAttribute(name, String(value));
    else Object.assign(element, { [name]: value });
  }
  element.append(...children);
  return element;
}

/** A button that says what it does. */
export function button(part: string, label: string, onClick: () => void): HTMLButtonElement {
  const made = make('button', { type: 'button', part: `button ${part}` }, label);
  made.addEventListener('click', onClick);
  return made;
}

/** Asks for an image file; undefined when the dialog is closed. */
export function pickImage(): Promise<File | undefined> {
  const input = make('input', { type: 'file', accept: 'image/*' });
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve(input.files?.[0]));
    input.addEventListener('cancel', () => resolve(undefined));
    input.click();
  });
}

/** Saves a file as the browser does with a download. */
export function download(blob: Blob, name: string): void {
  const link = make('a', { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
