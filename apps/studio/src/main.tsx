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
import './device/device.css';
import './draw/draw.css';
import { start } from './start.js';
import { App } from './views/App.js';

start();
const app = document.querySelector('#app')!;
app.replaceChildren();
render(<App />, app);
