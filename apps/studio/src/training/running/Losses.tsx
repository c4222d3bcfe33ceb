import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { Panel } from '../../ui/Panel.js';
import { type CurveId, curves, type LossHistory } from '../history.js';
import { decimal } from '../../ui/numbers.js';
import { words } from '../../words/words.js';

export interface LossesProps {
  readonly history: LossHistory;
  readonly revision: ReadonlySignal<number>;
}

/** Losses as curves, and their last values as a table that is the legend too. */
export function Losses({ history, revision }: LossesProps) {
  const hidden = useSignal<readonly CurveId[]>([]);
  const toggle = (id: CurveId): void => {
    hidden.value = hidden.value.includes(id) ? hidden.value.filter((other) => other !== id) : [...hidden.value, id];
  };
  // Read here, so that the table follows the run.
  const rows = revision.value === 0 ? [] : history.series().slice(1).map((values) => values.at(-1));
  const said = words.value.losses;
  return (
    <Panel title={said.title}>
      <Chart history={history} revision={revision} hidden={hidden} />
      <ul class="train-legend">
        {curves.map(({ id }, i) => (
          <li key={id}>
            <button type="button" class="train-curve" data-curve={id} aria-pressed={!hidden.value.includes(id)} title={said[`${id}About`]} onClick={() => toggle(id)}>
              <span class="train-swatch" aria-hidden="true" />
              <span>{said[id]}</span>
              <span class="numbers">{format(rows[i])}</span>
            </button>
          </li>
        ))}
      </ul>
      <details class="small">
        <summary>{said.meaning}</summary>
        <dl class="train-terms">
          {curves.map(({ id }) => (
            <div key={id}>
              <dt>{said[id]}</dt>
              <dd>{said[`${id}About`]}</dd>
            </div>
          ))}
        </dl>
        <p>{said.smoothed}</p>
      </details>
    </Panel>
  );
}

const format = (value: number | undefined): string => (value === undefined || !Number.isFinite(value) ? '–' : decimal(value, 3));

interface ChartProps extends LossesProps {
  readonly hidden: ReadonlySignal<readonly CurveId[]>;
}

function Chart({ history, revision, hidden }: ChartProps) {
  const ref = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  useEffect(() => {
    const box = ref.current as HTMLDivElement;
    const build = (): void => {
      chart.current?.destroy();
      chart.current = makeChart(box, history, hidden.peek());
    };
    const spoken = words.subscribe(build);
    const resized = new ResizeObserver(() => {
      chart.current?.setSize(sizeOf(box));
      chart.current?.setData(history.series());
    });
    resized.observe(box);
    // The colours are the page's: another scheme needs another drawing.
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const theme = new MutationObserver(build);
    scheme.addEventListener('change', build);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', build);
      theme.disconnect();
      spoken();
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [history, hidden]);

  // At most one drawing per frame, and none while the view is hidden.
  const frame = useRef(0);
  useSignalEffect(() => {
    void revision.value;
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => {
      if (ref.current?.offsetParent !== null) chart.current?.setData(history.series());
    });
  });
  useSignalEffect(() => {
    const off = hidden.value;
    curves.forEach(({ id }, i) => chart.current?.setSeries(i + 1, { show: !off.includes(id) }));
  });
  return <div ref={ref} class="train-chart" aria-hidden="true" />;
}

/** Between two marks of the axis of steps. */
const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];

const sizeOf = (box: HTMLElement): { width: number; height: number } => ({ width: Math.max(200, box.clientWidth), height: 220 });

function makeChart(box: HTMLElement, history: LossHistory, hidden: readonly CurveId[]): uPlot {
  const style = getComputedStyle(box);
  const said = words.peek().losses;
  const colour = (name: string): string => resolveColour(box, style.getPropertyValue(name));
  const axis: uPlot.Axis = {
    stroke: colour('--ink-2'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${style.fontFamily}`,
  };
  const series = curves.map(({ id }): uPlot.Series => ({ label: said[id], stroke: colour(`--curve-${id}`), width: 1.75, show: !hidden.includes(id), points: { show: false } }));
  return new uPlot(
    {
      ...sizeOf(box),
      padding: [8, 18, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false }, y: { range: (_, min, max) => [Math.min(0, min), Math.max(0.1, max * 1.05)] } },
      axes: [{ ...axis, size: 28, incrs: wholeSteps, label: said.step, labelSize: 16, labelFont: axis.font! }, { ...axis, size: 40, label: said.loss, labelSize: 16, labelFont: axis.font! }],
      series: [{}, ...series],
    },
    history.series(),
    box,
  );
}

/** A canvas knows no `light-dark()`: the colour as the page computes it. */
function resolveColour(box: HTMLElement, value: string): string {
  const probe = document.createElement('span');
  probe.style.color = value;
  box.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
