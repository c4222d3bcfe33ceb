import { render } from 'preact';
import './ui/css/tokens.css';
import './ui/css/base.css';
import './ui/css/controls.css';
import './ui/css/surfaces.css';
import './views/shell.css';
import { App } from './views/App.js';

render(<App />, document.querySelector('#app')!);
