/** What a bundler sees of this package when a page imports it. */
import { openDevice } from '../../src/index.js';

const device = await openDevice('auto');
document.title = device.report.description;
