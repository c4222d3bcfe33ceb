import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { TrainEvent } from '../events.js';
import { contactSheet } from '../images/grid.js';
import { RunHistory } from './history/history.js';
import { html, jsonScript, raw } from './html.js';
import { methods } from '../methods/methods.js';
import { describeTerm } from './terms.js';
import { lossCharts } from './render/charts.js';
import { renderReport } from './render/page.js';
import { judgeStyles } from './render/styles.js';
import { positive, short, smooth } from './client/smooth.js';

const picture = (value: number) => ({ width: 8, height: 8, channels: 3, data: new Uint8Array(192).fill(value) }) as const;
const assets = { uplotScript: 'var uPlot = function () {};', uplotStyle: '.uplot {}' };

function historyOf(events: readonly TrainEvent[]): RunHistory {
  const history = new RunHistory();
  events.forEach((event, i) => history.apply(event, 1_700_000_000_000 + i * 1000));
  return history;
}

const events: TrainEvent[] = [
  { kind: 'start', totalSteps: 1000, step: 0, device: 'CPU <1 thread>', config: { lr: 1e-4, name: '</script><b>' }, memoryEstimateBytes: 1e9 },
  ...[100, 200].flatMap((step): TrainEvent[] => [
    {
      kind: 'step', step, totalSteps: 1000, terms: { loss_gen_adv_a: 1, loss_gen_adv_b: 2, loss_gen_total: 3 }, learningRate: 1e-4,
      stepMs: 250, dataWaitMs: 5, etaSeconds: 200, residentBytes: 5e8, tensorBytes: 1e8,
    },
    {
      kind: 'sample', step,
      images: [contactSheet({ name: 'a-to-b', caption: 'Outlines & fillings.', rows: [{ name: '"x".png', input: picture(step), styles: [picture(9)] }] })],
    },
  ]),
  { kind: 'styles', step: 200, statistics: { a: { mean: [0, 1.5], std: [1, 0.1] } } },
  { kind: 'evaluation', step: 200, metrics: { contentIoU: 0.9, guidedAccuracy: 0.5, other: 3 } },
  { kind: 'warning', message: 'A <broken> file.' },
];

describe('renderReport', () => {
  const text = renderReport(historyOf(events).data(), { title: 'run & more', assets, facts: [['Seed', '7']] });

  it('is one document that can fetch nothing', () => {
    expect(text).toMatch(/^<!doctype html>/);
    expect(text).toContain('default-src &#39;none&#39;; img-src data:');
    const addresses = [...text.matchAll(/\b(?:src|href)="([^"]*)"/g)].map((match) => match[1]!);
    expect(addresses.filter((address) => !/^(data:|#|samples\/|$)/.test(address))).toEqual([]);
  });

  it('escapes everything that a run brings along', () => {
    expect(text).toContain('<title>run &amp; more</title>');
    expect(text).toContain('CPU &lt;1 thread&gt;');
    expect(text).toContain('A &lt;broken&gt; file.');
    expect(text).toContain('Rows: &quot;x&quot;.png');
    expect(text).not.toContain('</script><b>');
  });

  it('says where the run is, what it needs and how good it is', () => {
    expect(text).toContain('<b>200</b> of 1,000 steps');
    expect(text).toContain('3 min 20 s');
    expect(text).toContain('2.0 % waiting for images');
    expect(text).toContain('250 ms<small>median of the last 200 steps</small>');
    expect(text).toContain('✓ Reached: at least 0.850');
    expect(text).toContain('○ Not yet: at least 90.0 %');
    expect(text).toContain('<h3>other</h3>');
    expect(text).toContain('Off: dimension 2 far from 0; dimension 2 hardly used.');
    expect(text).toContain('lr: 0.0001');
  });

  it('holds the newest images once and the others as data', () => {
    const data = JSON.parse(/id="munit-data">(.*?)<\/script>/s.exec(text)![1]!) as {
      live: boolean;
      moments: { step: number; grids: Record<string, { uri: string | null }> }[];
      charts: { id: string }[];
    };
    expect(data.live).toBe(true);
    expect(data.moments.map(({ step, grids }) => [step, grids['a-to-b']!.uri?.slice(0, 22)])).toEqual([
      [100, 'data:image/png;base64,'],
      [200, undefined],
    ]);
    expect(data.charts.map(({ id }) => id)).toEqual(['loss-generator-total', 'loss-generator-adversarial', 'rates']);
    expect(text.match(/src="data:image\/png;base64,/g)).toHaveLength(1);
  });

  it('stops reloading when the run is over, and shows why it failed', () => {
    const failed = renderReport(historyOf([...events, { kind: 'done', step: 200, seconds: 9, reason: 'failed', message: 'The disk is full.' }]).data(), { title: 'x', assets });
    expect(failed).not.toContain('http-equiv="refresh"');
    expect(failed).toContain('"live":false');
    expect(failed).toContain('role="alert"');
    expect(text).toContain('http-equiv="refresh"');
  });

  it('has something to say before the first step', () => {
    const empty = renderReport(new RunHistory().data(), { title: 'new', assets });
    expect(empty).toContain('The first images appear after some steps.');
    expect(empty).not.toContain('NaN');
    const started = renderReport(historyOf([{ kind: 'start', totalSteps: 2000, step: 0, device: 'x', config: { image_display_iter: 1500 }, memoryEstimateBytes: 1 }]).data(), { title: 'new', assets });
    expect(started).toContain('The first images appear at step 1,500 (image_display_iter).');
  });
});

describe('charts', () => {
  it('know what every published name of every method measures, and where', () => {
    const described = Object.values(methods).flatMap(({ termNames }) => Object.keys(termNames)).map(describeTerm);
    expect(described.filter(({ meaning }) => meaning === '')).toEqual([]);
    const familyOf = (name: string): string[] => [describeTerm(name).title, describeTerm(name).domain];
    expect(familyOf('loss_gen_adv_a')).toEqual(['Adversarial', 'A']);
    expect(familyOf('loss_dis_b')).toEqual(['Discriminators', 'B']);
    expect(familyOf('loss_gen_recon_kl_cyc_aba')).toEqual(['Prior on the codes of translations', 'A']);
    expect(familyOf('loss_gen_cyc_x_b')).toEqual(familyOf('loss_gen_cycrecon_x_b'));
    expect(familyOf('loss_gen_total')).toEqual(['Generators, total', '']);
    expect(familyOf('strange_a')).toEqual(['strange_a', '']);
  });

  it('put A and B into one chart and unknown terms last', () => {
    const losses = { steps: [1], values: { strange: [1], loss_gen_recon_x_b: [2], loss_gen_recon_x_a: [3], loss_dis_total: [4] } };
    const charts = lossCharts({ losses });
    expect(charts.map(({ title }) => title)).toEqual(['Discriminators, total', 'Image reconstruction', 'strange']);
    expect(charts[1]!.curves.map(({ label, role }) => [label, role])).toEqual([['B', 'b'], ['A', 'a']]);
  });
});

describe('judgeStyles', () => {
  it('praises N(0, I) and names what is off', () => {
    expect(judgeStyles({ mean: [0.1], std: [0.9] })).toMatch(/^Where random styles are drawn/);
    expect(judgeStyles({ mean: [0, 2, -2], std: [3, 1, 1] })).toBe('Off: dimensions 2, 3 far from 0; dimension 1 spread too widely.');
  });
});

describe('the page’s script', () => {
  it('smooths without a bias at the start and keeps gaps', () => {
    expect(smooth([2, 2, null, 2], 0.9)).toEqual([2, 2, null, 2]);
    const [, second] = smooth([0, 1], 0.5);
    expect(second).toBeCloseTo(0.5 / 0.75, 12);
    expect(smooth([1, 5], 0)).toEqual([1, 5]);
    expect(positive([1, 0, -1, null])).toEqual([1, null, null, null]);
  });

  it('prints short numbers', () => {
    expect([0, 0.5, 0.00012, 123_456, 1e-4, 12.3456].map(short)).toEqual(['0', '0.5', '1.2e-4', '1.2e5', '1e-4', '12.35']);
  });

  it('is bundled from its sources as they are', () => {
    const script = fileURLToPath(new URL('../../scripts/bundleClient.mjs', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

describe('html', () => {
  it('escapes values and leaves HTML alone', () => {
    expect(html`<p title="${'"'}">${['<', raw('<br>')]}${false}${undefined}${0}</p>`.html).toBe('<p title="&quot;">&lt;<br>0</p>');
    expect(jsonScript('d', { text: '</script>' }).html).toBe('<script type="application/json" id="d">{"text":"\\u003c/script>"}</script>');
  });
});
