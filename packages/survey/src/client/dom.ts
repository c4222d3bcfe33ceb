/** Building the page. */

/** What an element can be given. */
interface Attributes {
  readonly class?: string;
  readonly id?: string;
  readonly role?: string;
  readonly type?: string;
  readonly alt?: string;
  readonly src?: string;
  readonly for?: string;
  readonly name?: string;
  readonly tabindex?: string;
  readonly autocomplete?: string;
  readonly maxlength?: string;
  readonly 'aria-label'?: string;
  readonly 'aria-live'?: string;
  readonly 'aria-hidden'?: string;
}

/** An element with attributes and children; text is text, never markup. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: readonly (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value as string);
  element.append(...children);
  return element;
}

/** A button that does something. */
export function button(label: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const element = make('button', { type: 'button', ...attributes }, label);
  element.addEventListener('click', onClick);
  return element;
}

/** The one place that all screens are shown in; the heading or question takes the focus, so that screen readers read it. */
export function show(...children: readonly Node[]): void {
  const host = document.getElementById('survey');
  host?.replaceChildren(...children);
  host?.querySelector<HTMLElement>('[tabindex="-1"]')?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** Resolves when the images can be painted; rejects when one cannot be loaded. */
export const decoded = async (images: readonly HTMLImageElement[]): Promise<void> => {
  await Promise.all(images.map(async (image) => image.decode()));
};
