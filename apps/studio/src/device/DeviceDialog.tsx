import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { type DeviceWish, deviceWish, loadModel, model } from '../model/session.js';
import { scaledTo } from '../image/size.js';
import { side } from '../translate/side.js';
import { timings } from '../translate/timing.js';
import { Dialog } from '../ui/Dialog.js';
import { megabytes, milliseconds } from '../ui/numbers.js';
import { Segmented } from '../ui/Segmented.js';
import { Kept } from './Kept.js';
import { trainingDevice } from '../training/outside.js';
import { vitals, watchVitals } from './vitals.js';
import { reasons, threadsLine } from './words.js';

export interface DeviceDialogProps {
  readonly onClose: () => void;
}

/** Which device, why, what it holds, how fast it is. */
export function DeviceDialog({ onClose }: DeviceDialogProps) {
  useEffect(watchVitals, []);
  const report = vitals.value?.device ?? model.value?.translator.device;
  const wish = (value: DeviceWish): void => {
    deviceWish.value = value;
    if (model.value !== undefined) void loadModel(model.value.choice);
  };
  return (
    <Dialog title="Device" onClose={onClose}>
      <Segmented
        label="What to compute on"
        value={deviceWish.value}
        onChange={wish}
        options={[
          { value: 'auto', label: 'Best' },
          { value: 'webgpu', label: 'GPU' },
          { value: 'simd', label: 'CPU' },
        ]}
      />
      {report !== undefined && (
        <p>
          <strong>{report.description}</strong>
          {reasons(report).map((line) => (
            <span class="small line" key={line}>
              {line}
            </span>
          ))}
        </p>
      )}
      <dl class="facts">
        <Speed />
        <Memory />
        {trainingDevice.value !== undefined && <Fact name="Training">on {trainingDevice.value.description}</Fact>}
        {report?.taken === 'simd' && <Fact name="Threads">{threadsLine(report.details['threads'], globalThis.crossOriginIsolated, navigator.hardwareConcurrency)}</Fact>}
      </dl>
      <Kept />
    </Dialog>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd class="numbers">{children}</dd>
    </>
  );
}

function Speed() {
  const { encode, decode } = timings.value;
  return (
    <>
      <Fact name="Content of an image">{encode === undefined ? 'not yet' : `${milliseconds(encode.ms)}, once per image (${encode.count} so far)`}</Fact>
      <Fact name="A style">{decode === undefined ? 'not yet' : `${milliseconds(decode.ms)} (${decode.count} so far)`}</Fact>
    </>
  );
}

function Memory() {
  const now = vitals.value;
  const size = scaledTo({ width: 1, height: 1 }, side.value);
  const estimate = model.value?.translator.estimateTranslation(size);
  return (
    <>
      <Fact name="Memory in use">{now === undefined ? 'asking …' : `${megabytes(now.allocatedBytes ?? now.bytes)}, ${now.tensors} tensors`}</Fact>
      {estimate !== undefined && (
        <Fact name={`An image of ${size.width} × ${size.height}`}>
          about {megabytes(estimate.peakBytes)} at most{estimate.fits ? '' : ': more than this device has'}
        </Fact>
      )}
    </>
  );
}
