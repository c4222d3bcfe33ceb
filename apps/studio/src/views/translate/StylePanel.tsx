import { useSignal } from '@preact/signals';
import { REACH, withNumber } from '../../styles/codes.js';
import { givenNames, LONGEST_NAME, nameSlider, sliderName } from '../../styles/names.js';
import { locks, randomStyle, resetStyle, setStyle, style, toggleLock } from '../../styles/style.js';
import { Button } from '../../ui/Button.js';
import { Panel } from '../../ui/Panel.js';
import { Slider } from '../../ui/Slider.js';
import { mapOpen, toggleMap } from './map.js';
import { StyleMap } from './StyleMap.js';
import { words } from '../../words/words.js';

/** A slider for each number of the style code, and the map of styles. */
export function StylePanel() {
  const naming = useSignal(false);
  const code = style.value;
  if (code.length === 0) return null;
  const { common, style: said } = words.value;
  return (
    <div class="styles">
    <Panel
      title={said.title}
      actions={
        <>
          {code.length > 1 && <Button kind="plain" icon="map" label={said.map} title={said.mapTitle} pressed={mapOpen.value} onClick={toggleMap} />}
          <Button kind="plain" icon="reset" iconOnly label={said.reset} onClick={resetStyle} />
          <Button kind="plain" icon="dice" label={said.random} onClick={randomStyle} />
        </>
      }
    >
      {mapOpen.value && code.length > 1 && <StyleMap />}
      <ol class="sliders" data-named={givenNames.value.some((name) => name !== '')}>
        {code.map((value, i) => (
          <li key={i}>
            {naming.value ? (
              <label class="slider-name">
                <span class="small numbers">{said.slider(i + 1)}</span>
                <input class="field" maxLength={LONGEST_NAME} placeholder={said.what} aria-label={said.nameOf(said.slider(i + 1))} value={givenNames.value[i] ?? ''} onChange={({ currentTarget }) => nameSlider(i, currentTarget.value)} />
              </label>
            ) : (
              <>
                <Slider label={sliderName(i)} value={value} min={-REACH} max={REACH} step={0.01} onInput={(x) => setStyle(withNumber(style.peek(), i, x))} />
                <Button
                  kind="plain"
                  icon={locks.value[i] === true ? 'lock' : 'unlock'}
                  iconOnly
                  pressed={locks.value[i] === true}
                  label={said.lock(sliderName(i))}
                  onClick={() => toggleLock(i)}
                />
              </>
            )}
          </li>
        ))}
      </ol>
      <div class="row">
        <p class="small grow">{naming.value ? said.naming : said.locked}</p>
        <Button kind="plain" label={naming.value ? common.done : said.name} fullLabel={naming.value ? said.named : said.nameThem} onClick={() => (naming.value = !naming.value)} />
      </div>
    </Panel>
    </div>
  );
}
