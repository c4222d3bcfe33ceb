import { view, type ViewId, views } from '../../view.js';

export const tabId = (id: ViewId): string => `tab-${id}`;
export const panelId = (id: ViewId): string => `panel-${id}`;

/** The views, as tabs: arrows, Home and End move between them. */
export function Tabs() {
  const move = (event: KeyboardEvent): void => {
    const at = views.findIndex(({ id }) => id === view.value);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: views.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = views[(to + views.length) % views.length]!.id;
    view.value = next;
    document.getElementById(tabId(next))?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Views" onKeyDown={move}>
      {views.map(({ id, label }) => (
        <button
          key={id}
          id={tabId(id)}
          type="button"
          role="tab"
          aria-selected={id === view.value}
          aria-controls={panelId(id)}
          tabIndex={id === view.value ? 0 : -1}
          onClick={() => (view.value = id)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
