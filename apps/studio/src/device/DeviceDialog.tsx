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
import { words } from '../words/words.js';

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
  const said = words.value.device;
  return (
    <Dialog title={said.title} onClose={onClose}>
      <Segmented
        label={said.wish}
        value={deviceWish.value}
        onChange={wish}
        options={(['auto', 'webgpu', 'simd'] as const).map((value) => ({ value, label: said.wishes[value] }))}
      />
      {report !== undefined && (
        <p>
          <strong lang="en">{report.description}</strong>
          {reasons(report).map(({ text, reason }) => (
            <span class="small line" key={text}>
              {text} {reason !== undefined && <span lang="en">{reason}</span>}
            </span>
          ))}
        </p>
      )}
      <dl class="facts">
        <Speed />
        <Memory />
        {trainingDevice.value !== undefined && <Fact name={said.training}>{said.trainingOn} <span lang="en">{trainingDevice.value.description}</span></Fact>}
        {report?.taken === 'simd' && <Fact name={said.threadsName}>{threadsLine(report.details['threads'], globalThis.crossOriginIsolated, navigator.hardwareConcurrency)}</Fact>}
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
  const said = words.value.device;
  return (
    <>
      <Fact name={said.content}>{encode === undefined ? said.notYet : said.contentTime(milliseconds(encode.ms), encode.count)}</Fact>
      <Fact name={said.style}>{decode === undefined ? said.notYet : said.styleTime(milliseconds(decode.ms), decode.count)}</Fact>
    </>
  );
}

function Memory() {
  const now = vitals.value;
  const size = scaledTo({ width: 1, height: 1 }, side.value);
  const estimate = model.value?.translator.estimateTranslation(size);
  const said = words.value.device;
  return (
    <>
      <Fact name={said.memory}>{now === undefined ? said.asking : said.memoryNow(megabytes(now.allocatedBytes ?? now.bytes), now.tensors)}</Fact>
      {estimate !== undefined && (
        <Fact name={said.imageOf(size.width, size.height)}>{(estimate.fits ? said.peak : said.peakTooMuch)(megabytes(estimate.peakBytes))}</Fact>
      )}
    </>
  );
}
