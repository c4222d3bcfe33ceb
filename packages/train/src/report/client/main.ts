/** The report's script: bundled into `generated/client.ts` by `scripts/bundleClient.mjs`. */
import { startCharts } from './charts.js';
import { startLive } from './live.js';
import { startMoments } from './moments.js';
import { readPageData } from './page.js';
import { restoreTheme, startTheme } from './theme.js';

restoreTheme();
const data = readPageData();
const drawCharts = startCharts(data);
startTheme(drawCharts);
const player = startMoments(data);
startLive(data, player.isPlaying);
