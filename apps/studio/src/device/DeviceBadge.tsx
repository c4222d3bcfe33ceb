import { useSignal } from '@preact/signals';
import { model } from '../model/session.js';
import { DeviceDialog } from './DeviceDialog.js';
import { view } from '../view.js';
import { trainingDevice } from '../training/outside.js';
import { vitals } from './vitals.js';
import { deviceName } from './words.js';
import { words } from '../words/words.js';

/** What computes; click for why, memory and speed. */
export function DeviceBadge() {
  const open = useSignal(false);
  const translating = vitals.value?.device ?? model.value?.translator.device;
  const report = view.value === 'train' ? (trainingDevice.value ?? translating) : translating;
  return (
    <>
      <button type="button" class="button badge" aria-haspopup="dialog" onClick={() => (open.value = true)}>
        <span class="lamp" data-on={report !== undefined} aria-hidden="true" />
        {report === undefined ? words.value.device.none : deviceName(report.taken)}
        <span class="hidden-visually">{words.value.device.badge}</span>
      </button>
      {open.value && <DeviceDialog onClose={() => (open.value = false)} />}
    </>
  );
}
