import { useEffect } from 'preact/hooks';
import { view, type ViewId, views } from '../../view.js';
import { words } from '../../words/words.js';

export const tabId = (id: ViewId): string => `tab-${id}`;
export const panelId = (id: ViewId): string => `panel-${id}`;

/** The views, as tabs: arrows, Home and End move between them. Where they do not all fit, the one in use is scrolled to. */
export function Tabs() {
  useEffect(() => document.getElementById(tabId(view.value))?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), [view.value]);
  const move = (event: KeyboardEvent): void => {
    const at = views.indexOf(view.value);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: views.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = views[(to + views.length) % views.length]!;
    view.value = next;
    document.getElementById(tabId(next))?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={words.value.page.views} onKeyDown={move}>
      {views.map((id) => (
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
          {words.value.page.view[id]}
        </button>
      ))}
    </div>
  );
}
