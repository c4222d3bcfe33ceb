import { NumberField } from '../../ui/NumberField.js';
import { Segmented } from '../../ui/Segmented.js';
import { batches, type DeviceRequest, presets, rates, type Settings, sizes, widths } from '../settings.js';
import { Choice } from './Choice.js';
import { decimal } from '../../ui/numbers.js';
import { words } from '../../words/words.js';

export interface SettingsFieldsProps {
  readonly settings: Settings;
  readonly device: DeviceRequest;
  readonly onSettings: (settings: Settings) => void;
  readonly onDevice: (device: DeviceRequest) => void;
}

const same = (p: Settings, q: Settings): boolean => (Object.keys(p) as (keyof Settings)[]).every((key) => p[key] === q[key]);
const numbers = (values: readonly number[], label: (value: number) => string): { value: number; label: string }[] => values.map((value) => ({ value, label: label(value) }));

/** A preset, and behind it every setting with what it means. */
export function SettingsFields({ settings, device, onSettings, onDevice }: SettingsFieldsProps) {
  const preset = presets.find((candidate) => same(candidate.settings, settings));
  const change = (part: Partial<Settings>): void => onSettings({ ...settings, ...part });
  const said = words.value.settings;
  return (
    <div class="stack">
      <Segmented
        label={said.preset}
        value={preset?.id ?? 'own'}
        options={[...presets.map(({ id }) => ({ value: id as string, label: said[id] })), ...(preset === undefined ? [{ value: 'own', label: said.own }] : [])]}
        onChange={(id) => onSettings(presets.find((candidate) => candidate.id === id)?.settings ?? settings)}
      />
      <p class="small">{preset === undefined ? said.ownAbout : said[`${preset.id}About`]}</p>
      <details class="train-details">
        <summary>{said.title}</summary>
        <div class="train-fields">
          <Choice label={said.size} hint={said.sizeHint} value={settings.size} options={numbers(sizes, said.pixels)} onChange={(size) => change({ size })} />
          <Choice label={said.width} hint={said.widthHint} value={settings.width} options={numbers(widths, said.channels)} onChange={(width) => change({ width })} />
          <div class="train-choice">
            <label for="train-steps">{said.steps}</label>
            <NumberField id="train-steps" describedBy="train-steps-hint" class="field numbers" min={1} max={100_000} step={1} value={settings.steps} onChange={(steps) => change({ steps: Math.round(steps) })} />
            <p id="train-steps-hint" class="small">
              {said.stepsHint}
            </p>
          </div>
          <Choice label={said.batch} hint={said.batchHint} value={settings.batch} options={numbers(batches, words.value.setup.imageCount)} onChange={(batch) => change({ batch })} />
          <Choice label={said.rate} hint={said.rateHint} value={settings.rate} options={numbers(rates, (rate) => decimal(rate, 4).replace(/0+$/, ''))} onChange={(rate) => change({ rate })} />
          <Choice
            label={said.device}
            hint={said.deviceHint}
            value={device}
            options={(['auto', 'webgpu', 'simd'] as const).map((value) => ({ value, label: said[value] }))}
            onChange={onDevice}
          />
          <label class="train-check">
            <input type="checkbox" checked={settings.mirror} onChange={({ currentTarget }) => change({ mirror: currentTarget.checked })} />
            <span>{said.mirror}</span>
            <span class="small">{said.mirrorHint}</span>
          </label>
        </div>
      </details>
    </div>
  );
}
