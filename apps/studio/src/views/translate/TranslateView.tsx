import { styleDim } from '../../styles/style.js';
import { model } from '../../model/session.js';
import { ExamplePanel } from './ExamplePanel.js';
import { Intro } from './Intro.js';
import { StagePanel } from './StagePanel.js';
import { StylePanel } from './StylePanel.js';
import { VariationsPanel } from './VariationsPanel.js';
import { words } from '../../words/words.js';

export function TranslateView() {
  return (
    <>
      <Intro />
      <div class="translate">
      <div class="stack-wide">
        <StagePanel />
        {styleDim.value > 0 && <VariationsPanel />}
        {model.value !== undefined && styleDim.value === 0 && <p class="small">{words.value.stage.noStyles}</p>}
      </div>
      <div class="stack-wide">
        <StylePanel />
        <ExamplePanel />
      </div>
      </div>
    </>
  );
}
