/** What runs beside the page: each effect keeps one part of the state in step with the others. */
import { startKeeping } from './image/kept.js';
import { startOffline } from './offline/register.js';
import { startShortcuts } from './shortcuts.js';
import { startUndo } from './undo.js';
import { follow, openLink, startLink } from './url/sync.js';
import { startComparison } from './views/compare/comparison.js';
import { startSheet } from './views/grid/sheet.js';
import { startTheme } from './views/header/theme.js';
import { startMorph } from './views/morph/morph.js';
import { startMap } from './views/translate/map.js';
import { startStage } from './views/translate/stage.js';
import { startVariations } from './views/translate/variations.js';

/** People who save data are asked first: the model waits under "Choose". */
const savesData = (): boolean => (navigator as { readonly connection?: { readonly saveData?: boolean } }).connection?.saveData === true;

export function start(): void {
  startTheme();
  startKeeping();
  startUndo();
  const linked = openLink();
  startStage();
  startVariations();
  startMap();
  startMorph();
  startSheet();
  startComparison();
  startShortcuts();
  startOffline();
  startLink();
  if (savesData() && linked?.kind !== 'elsewhere') return;
  // After the first paint: the page is there before the model.
  requestAnimationFrame(() => setTimeout(() => void follow(linked), 0));
}
