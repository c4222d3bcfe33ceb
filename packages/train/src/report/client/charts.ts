/** Loss curves: small charts that share one range of steps. */
import type UPlot from 'uplot';
import { element, memory, type PageData, plotLibrary } from './page.js';
import { positive, short, smooth } from './smooth.js';

type Spec = PageData['charts'][number];

const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const steps = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

const chartHeight = 190;
/** The library's enumeration exists in its typings only. */
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const logarithmic = 3 as UPlot.Scale.Distr;

interface Settings {
  smoothing: number;
  log: boolean;
  /** The steps in view; undefined for all. */
  range: readonly [number, number] | undefined;
}

function axes(): UPlot.Axis[] {
  const common = { stroke: color('--muted'), font: '11px system-ui', grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } };
  return [
    { ...common, space: 60, size: 28, values: (_, splits) => splits.map((value) => steps.format(value)) },
    { ...common, space: 32, size: 52, values: (_, splits) => splits.map((value) => (value === null ? '' : short(value))) },
  ];
}

/** Every curve twice: as measured, faint, and smoothed on top. The legend shows the smoothed one. */
function series(spec: Spec, smoothed: boolean): UPlot.Series[] {
  const curves = spec.curves.flatMap(({ label, role }): UPlot.Series[] => {
    const stroke = color(`--${role}`);
    const line = { label, stroke, width: 2, spanGaps: true, points: { show: false }, value: (_: UPlot, value: number | null) => (value === null ? '–' : short(value)) };
    return smoothed ? [{ ...line, stroke: `${stroke}55`, width: 1, class: 'raw' }, line] : [line];
  });
  return [{ label: 'Step', value: (_, value: number | null) => (value === null ? '–' : value.toLocaleString('en-US')) }, ...curves];
}

/** While no step is pointed at, the legend tells the newest values. */
function restLegend(plot: UPlot): void {
  if (plot.cursor.idx == null) plot.setLegend({ idx: plot.data[0].length - 1 }, false);
}

function table(spec: Spec, { smoothing, log }: Settings): UPlot.AlignedData {
  const ready = (values: readonly (number | null)[]): (number | null)[] => (log ? positive(values) : [...values]);
  const columns = spec.curves.flatMap(({ values }) => (smoothing > 0 ? [ready(values), ready(smooth(values, smoothing))] : [ready(values)]));
  return [[...spec.steps], ...columns];
}

/** A place for a chart in its section, with title and meaning. */
function addCard(spec: Spec): HTMLElement {
  const card = document.createElement('article');
  card.className = 'chart';
  const title = document.createElement('h3');
  title.textContent = spec.title;
  const meaning = document.createElement('p');
  meaning.className = 'muted small';
  meaning.textContent = spec.meaning;
  const host = document.createElement('div');
  card.append(title, host, meaning);
  document.querySelector(`[data-charts="${spec.section}"]`)?.append(card);
  return host;
}

/** Draws all charts of the page and wires their tools. Returns a function that redraws them (in other colours). */
export function startCharts(data: PageData): () => void {
  const settings: Settings = { smoothing: Number(memory.get('smoothing') ?? '0.8'), log: memory.get('log') === 'true', range: undefined };
  const drawn = new Map<string, { plot: UPlot; host: HTMLElement; spec: Spec }>();
  const zoomOut = element('zoom-out', HTMLButtonElement);
  let following = false;

  /** One chart was zoomed: the others of the section follow. */
  const follow = (source: UPlot): void => {
    if (following) return;
    const { min, max } = source.scales['x']!;
    if (min == null || max == null) return;
    const all = source.data[0];
    const whole = min <= all[0]! && max >= all.at(-1)!;
    settings.range = whole ? undefined : [min, max];
    if (zoomOut !== undefined) zoomOut.hidden = whole;
    following = true;
    for (const { plot, spec } of drawn.values()) {
      if (plot !== source && spec.section === 'losses') plot.setScale('x', { min, max });
    }
    following = false;
  };

  const Plot = plotLibrary();
  const draw = (spec: Spec): void => {
    const own = spec.section === 'losses' ? settings : { smoothing: 0, log: false, range: undefined };
    const host = drawn.get(spec.id)?.host ?? addCard(spec);
    host.replaceChildren();
    const curves = series(spec, own.smoothing > 0);
    const markers = curves.map(({ stroke }) => (typeof stroke === 'string' ? stroke : 'transparent'));
    const plot = new Plot(
      {
        width: Math.max(200, host.clientWidth),
        height: chartHeight,
        scales: { x: { time: false, ...(own.range === undefined ? {} : { min: own.range[0], max: own.range[1] }) }, y: own.log ? { distr: logarithmic } : {} },
        axes: axes(),
        series: curves,
        cursor: { ...(spec.section === 'losses' ? { sync: { key: 'losses', setSeries: false } } : {}), points: { size: 6 }, drag: { x: true, y: false } },
        legend: { markers: { width: 0, fill: (_, i) => markers[i] ?? 'transparent' } },
        hooks: {
          ready: [restLegend],
          setCursor: [restLegend],
          ...(spec.section === 'losses' ? { setScale: [(u: UPlot, key: string) => key === 'x' && follow(u)] } : {}),
        },
      },
      table(spec, own),
      host,
    );
    if (own.range !== undefined) plot.setScale('x', { min: own.range[0], max: own.range[1] });
    drawn.set(spec.id, { plot, host, spec });
  };

  const drawAll = (): void => {
    following = true;
    data.charts.forEach(draw);
    following = false;
  };

  const smoothing = element('smoothing', HTMLInputElement);
  const log = element('log', HTMLInputElement);
  if (smoothing !== undefined) smoothing.value = String(settings.smoothing);
  if (log !== undefined) log.checked = settings.log;
  const keep = (): void => {
    settings.smoothing = Number(smoothing?.value ?? 0);
    settings.log = log?.checked ?? false;
    memory.set('smoothing', String(settings.smoothing));
    memory.set('log', String(settings.log));
    drawAll();
  };
  smoothing?.addEventListener('input', keep);
  log?.addEventListener('change', keep);
  zoomOut?.addEventListener('click', () => {
    settings.range = undefined;
    zoomOut.hidden = true;
    drawAll();
  });

  let width = innerWidth;
  addEventListener('resize', () => {
    if (innerWidth === width) return;
    width = innerWidth;
    for (const { plot, host } of drawn.values()) plot.setSize({ width: Math.max(200, host.clientWidth), height: chartHeight });
  });
  drawAll();
  return drawAll;
}
