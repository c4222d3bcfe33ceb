import { defineComponent, h, onBeforeUnmount, reactive, ref, type VNode } from 'vue';
import { type BenchReport, type BenchRequest, measuredDevices, type MeasuredDevice, sides } from './protocol.js';
import { data as reference } from './reference.data.js';

interface Column {
  readonly device: MeasuredDevice;
  status: string;
  readonly times: Record<number, number>;
}

const titles: Readonly<Record<MeasuredDevice, string>> = { simd: 'Your CPU (simd)', webgpu: 'Your GPU (webgpu)' };

/** Measures the visitor's own device when asked to, beside the figures of docs/devices.md. */
export const DeviceBench = defineComponent({
  name: 'DeviceBench',
  setup() {
    const columns = reactive<Column[]>(measuredDevices.map((device) => ({ device, status: 'not measured yet', times: {} })));
    const running = ref(false);
    let worker: Worker | undefined;
    onBeforeUnmount(() => worker?.terminate());

    const measureAll = async (): Promise<void> => {
      running.value = true;
      for (const column of columns) await measure(column, (started) => (worker = started));
      running.value = false;
    };
    const cell = (times: Readonly<Record<number, number>>, side: number): VNode => h('td', times[side] === undefined ? '–' : `${times[side] < 10 ? times[side].toFixed(1) : Math.round(times[side])}`);
    return () => [
      h('p', [h('button', { type: 'button', class: 'bench-button', disabled: running.value, onClick: () => void measureAll() }, running.value ? 'Measuring …' : 'Measure this device')]),
      h('ul', { 'aria-live': 'polite' }, columns.map(({ device, status }) => h('li', { key: device, 'data-device': device }, [h('strong', titles[device]), `: ${status}`]))),
      h('table', { tabindex: 0, 'aria-label': 'Milliseconds of a translation' }, [
        h('thead', h('tr', [h('th', { scope: 'col' }, 'milliseconds'), ...columns.map(({ device }) => h('th', { scope: 'col' }, titles[device])), h('th', { scope: 'col' }, `${reference.machine}: simd`), h('th', { scope: 'col' }, 'PyTorch there')])),
        h('tbody', sides.map((side) => h('tr', { key: side }, [h('th', { scope: 'row' }, `${side}×${side}`), ...columns.map(({ times }) => cell(times, side)), cell(reference.simd, side), cell(reference.pytorch, side)]))),
      ]),
    ];
  },
});

/** One device, in a worker of its own: the page stays free, and all memory goes with it. */
function measure(column: Column, started: (worker: Worker) => void): Promise<void> {
  column.status = 'starting …';
  const worker = new Worker(new URL('./bench.worker.ts', import.meta.url), { type: 'module' });
  started(worker);
  return new Promise((resolve) => {
    let description = '';
    const end = (status: string): void => {
      column.status = status;
      resolve();
    };
    worker.addEventListener('error', ({ message }) => end(`failed: ${message}`));
    worker.addEventListener('message', ({ data }: MessageEvent<BenchReport>) => {
      switch (data.kind) {
        case 'device':
          description = data.description;
          column.status = `${description}, measuring …`;
          break;
        case 'time':
          column.times[data.side] = data.milliseconds;
          break;
        case 'done':
          end(description);
          break;
        case 'failed':
          end(`not measured: ${data.reason}`);
          break;
        default:
          data satisfies never;
      }
    });
    worker.postMessage({ device: column.device } satisfies BenchRequest);
  });
}
