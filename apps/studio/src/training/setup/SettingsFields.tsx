import { NumberField } from '../../ui/NumberField.js';
import { Segmented } from '../../ui/Segmented.js';
import { batches, type DeviceRequest, presets, rates, type Settings, sizes, widths } from '../settings.js';
import { Choice } from './Choice.js';

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
  return (
    <div class="stack">
      <Segmented
        label="How long and how fine"
        value={preset?.id ?? 'own'}
        options={[...presets.map(({ id, label }) => ({ value: id, label })), ...(preset === undefined ? [{ value: 'own', label: 'Your own' }] : [])]}
        onChange={(id) => onSettings(presets.find((candidate) => candidate.id === id)?.settings ?? settings)}
      />
      <p class="small">{preset?.about ?? 'Your own settings.'}</p>
      <details class="train-details">
        <summary>Settings</summary>
        <div class="train-fields">
          <Choice label="Size" hint="Images are shrunk to this. Twice the size takes four times as long." value={settings.size} options={numbers(sizes, (n) => `${n} × ${n} pixels`)} onChange={(size) => change({ size })} />
          <Choice label="Width" hint="Channels of the networks. Wider learns finer detail; twice the width takes up to four times as long." value={settings.width} options={numbers(widths, (n) => `${n} channels`)} onChange={(width) => change({ width })} />
          <div class="train-choice">
            <label for="train-steps">Steps</label>
            <NumberField id="train-steps" describedBy="train-steps-hint" class="field numbers" min={1} max={100_000} step={1} value={settings.steps} onChange={(steps) => change({ steps: Math.round(steps) })} />
            <p id="train-steps-hint" class="small">
              How often the networks are corrected. You can stop earlier, and use what is there.
            </p>
          </div>
          <Choice label="Batch" hint="Images of each set per step. More is steadier and slower." value={settings.batch} options={numbers(batches, (n) => (n === 1 ? '1 image' : `${n} images`))} onChange={(batch) => change({ batch })} />
          <Choice label="Learning rate" hint="How far each correction goes. Too much, and images turn to mush; too little, and nothing happens." value={settings.rate} options={numbers(rates, String)} onChange={(rate) => change({ rate })} />
          <Choice
            label="Device"
            hint="The GPU by WebGPU where there is one, or the CPU. Automatic takes the faster."
            value={device}
            options={[
              { value: 'auto', label: 'Automatic' },
              { value: 'webgpu', label: 'GPU (WebGPU)' },
              { value: 'simd', label: 'CPU' },
            ]}
            onChange={onDevice}
          />
          <label class="train-check">
            <input type="checkbox" checked={settings.mirror} onChange={({ currentTarget }) => change({ mirror: currentTarget.checked })} />
            <span>Mirror half of the images</span>
            <span class="small">Makes the most of few; not for writing or anything that has a left and a right.</span>
          </label>
        </div>
      </details>
    </div>
  );
}
