import { NoticeList } from '../ui/index.js';
import { panelId, Tabs, tabId } from './Tabs.js';
import { TrainView } from './train/TrainView.js';
import { view, views } from './views.js';

export function App() {
  return (
    <>
      <header class="top">
        <h1>munit studio</h1>
        <Tabs />
      </header>
      <main>
        {views.map(({ id }) => (
          <div key={id} id={panelId(id)} role="tabpanel" aria-labelledby={tabId(id)} hidden={view.value !== id}>
            {id === 'train' && view.value === 'train' && <TrainView onUse={() => {}} />}
          </div>
        ))}
      </main>
      <footer class="bottom">No account. Nothing leaves your machine.</footer>
      <NoticeList />
    </>
  );
}
