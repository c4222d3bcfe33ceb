import { render } from 'preact';
import './ui/css/tokens.css';
import './ui/css/base.css';
import './ui/css/controls.css';
import './ui/css/surfaces.css';
import './views/shell.css';
import './views/side/side.css';
import './views/translate/translate.css';
import './views/morph/morph.css';
import './views/grid/grid.css';
import './views/live/live.css';
import './views/compare/compare.css';
import './views/evaluate/evaluate.css';
import './device/device.css';
import './draw/draw.css';
import { start } from './start.js';
import { parseHash } from './url/hash.js';
import { App } from './views/App.js';
import { startLanguage } from './language.js';

function begin(): void {
  start();
  const app = document.querySelector('#app')!;
  app.replaceChildren();
  render(<App />, app);
}

// Not awaited: parts that are fetched later import from this one, which has to be there by then.
void startLanguage(parseHash(location.hash).lang).then(begin);
