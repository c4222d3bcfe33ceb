import type { Domain } from '@munit/core';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { addPictures, holdsModel, takeFiles } from '../incoming.js';
import { choose } from '../image/library.js';
import type { LibraryImage } from '../image/libraryImage.js';
import { loadModel } from '../model/session.js';
import { source, target } from '../direction.js';
import type { TrainPanelProps } from '../training/TrainPanel.js';
import { NoticeList } from '../ui/NoticeList.js';
import { dialogs, notify } from '../ui/notices.js';
import { takeDrops } from './drops.js';
import { CompareView } from './compare/CompareView.js';
import { EvaluateView } from './evaluate/EvaluateView.js';
import { GridView } from './grid/GridView.js';
import { Header } from './header/Header.js';
import { ShortcutsDialog } from './header/ShortcutsDialog.js';
import { LiveView } from './live/LiveView.js';
import { MorphView } from './morph/MorphView.js';
import { NewVersion } from './NewVersion.js';
import { ImagePanel } from './side/ImagePanel.js';
import { ModelPanel } from './side/ModelPanel.js';
import { panelId, tabId } from './header/Tabs.js';
import { TrainView } from './TrainView.js';
import { TranslateView } from './translate/TranslateView.js';
import { view, type ViewId } from '../view.js';
import { words } from '../words/words.js';

/** As many images of each set as are put beside the model that was trained on them. */
const SHOWN = 6;

/** A trained model is used as one that was picked, on images of the kinds that it knows. */
const useTrained: TrainPanelProps['onUse'] = (files, name, sets) => {
  view.value = 'translate';
  void loadModel({ kind: 'files', name, files: [...files].map(([file, bytes]) => new File([bytes], file)) });
  const add = (domain: Domain): Promise<LibraryImage[]> =>
    // Broken images were reported while they were trained on.
    addPictures(sets[domain].slice(0, SHOWN), { domain, onBroken: () => undefined });
  void add(target.peek()).then(() => add(source.peek())).then(([first]) => first !== undefined && choose(first.id));
};

/** Where two sets are waited for, nobody can know which one images beside them are for. */
const dropped = (files: readonly File[]): void => {
  if (view.peek() === 'train' && !holdsModel(files)) notify(words.peek().page.dropOntoSets);
  else void takeFiles(files);
};

export function App() {
  const over = useSignal(false);
  useEffect(() => takeDrops(dropped, (value) => (over.value = value)), []);
  // Training continues while other views are shown; its code is not fetched before the view is first opened.
  const trained = useSignal(false);
  if (view.value === 'train') trained.value = true;
  return (
    <>
      <SkipLink />
      <Header />
      <NewVersion />
      <main data-wide={view.value === 'train'}>
        <div class="side" hidden={view.value === 'train'}>
          <ModelPanel />
          <ImagePanel />
        </div>
        <ViewPanel id="translate">
          <TranslateView />
        </ViewPanel>
        <ViewPanel id="morph">{view.value === 'morph' && <MorphView />}</ViewPanel>
        <ViewPanel id="grid">{view.value === 'grid' && <GridView />}</ViewPanel>
        <ViewPanel id="live">{view.value === 'live' && <LiveView />}</ViewPanel>
        <ViewPanel id="compare">{view.value === 'compare' && <CompareView />}</ViewPanel>
        <ViewPanel id="evaluate">{view.value === 'evaluate' && <EvaluateView />}</ViewPanel>
        <ViewPanel id="train">{trained.value && <TrainView onUse={useTrained} />}</ViewPanel>
      </main>
      <ShortcutsDialog />
      <footer class="bottom">{words.value.page.footer}</footer>
      <div class="drop-veil" hidden={!over.value}>
        {words.value.page.drop}
      </div>
      {dialogs.value === 0 && <NoticeList />}
    </>
  );
}

/** Past the head, the models and the images, to what the view shows. The address is taken: it holds the state. */
function SkipLink() {
  const skip = (event: MouseEvent): void => {
    event.preventDefault();
    document.getElementById(panelId(view.peek()))?.focus();
  };
  return (
    <a class="skip" href={`#${panelId(view.value)}`} onClick={skip}>
      {words.value.page.skip(words.value.page.view[view.value])}
    </a>
  );
}

function ViewPanel({ id, children }: { readonly id: ViewId; readonly children: ComponentChildren }) {
  return (
    <div id={panelId(id)} class="view" role="tabpanel" tabIndex={-1} aria-labelledby={tabId(id)} hidden={view.value !== id}>
      {children}
    </div>
  );
}
