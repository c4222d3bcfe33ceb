import { REACH, withNumber } from '../../styles/codes.js';
import { locks, randomStyle, resetStyle, setStyle, style, toggleLock } from '../../styles/style.js';
import { Button } from '../../ui/Button.js';
import { Panel } from '../../ui/Panel.js';
import { Slider } from '../../ui/Slider.js';
import { mapOpen, toggleMap } from './map.js';
import { StyleMap } from './StyleMap.js';

/** A slider for each number of the style code. */
export function StylePanel() {
  const code = style.value;
  if (code.length === 0) return null;
  return (
    <div class="styles">
    <Panel
      title="Style"
      actions={
        <>
          {code.length > 1 && <Button kind="plain" icon="map" label="Map" title="The styles on a plane" pressed={mapOpen.value} onClick={toggleMap} />}
          <Button kind="plain" icon="reset" label="Reset" onClick={resetStyle} />
          <Button kind="plain" icon="dice" label="Random" onClick={randomStyle} />
        </>
      }
    >
      {mapOpen.value && code.length > 1 && <StyleMap />}
      <ol class="sliders">
        {code.map((value, i) => (
          <li key={i}>
            <Slider label={`s${i + 1}`} value={value} min={-REACH} max={REACH} step={0.01} onInput={(x) => setStyle(withNumber(style.peek(), i, x))} />
            <Button
              kind="plain"
              icon={locks.value[i] === true ? 'lock' : 'unlock'}
              iconOnly
              pressed={locks.value[i] === true}
              label={`Lock s${i + 1}`}
              onClick={() => toggleLock(i)}
            />
          </li>
        ))}
      </ol>
      <p class="small">Locked numbers stay as they are when styles are drawn or reset.</p>
    </Panel>
    </div>
  );
}
