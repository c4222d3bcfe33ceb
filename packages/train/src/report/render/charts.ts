import { describeTerm, type TermFamily } from '../terms.js';
import type { ReportData } from '../history/history.js';

/** Which colour a curve has: its domain's, or ink. */
export type CurveRole = 'a' | 'b' | 'plain';

/** One chart as the page's script draws it. */
export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly meaning: string;
  readonly section: 'losses' | 'styles' | 'rates';
  readonly steps: readonly number[];
  readonly curves: readonly { readonly label: string; readonly role: CurveRole; readonly values: readonly (number | null)[] }[];
}

const roleOf = (domain: string): CurveRole => (domain.startsWith('A') ? 'a' : domain.startsWith('B') ? 'b' : 'plain');

/** A chart per family of loss terms, the most telling first; A and B share one. */
export function lossCharts({ losses }: Pick<ReportData, 'losses'>): ChartSpec[] {
  const families = new Map<string, { family: TermFamily; members: { domain: string; name: string }[] }>();
  for (const name of Object.keys(losses.values)) {
    const { domain, ...family } = describeTerm(name);
    const { members } = families.get(family.key) ?? { members: [] };
    families.set(family.key, { family, members: [...members, { domain, name }] });
  }
  return [...families.values()]
    .sort((x, y) => x.family.order - y.family.order)
    .map(({ family: { key, title, meaning }, members }) => ({
      id: `loss-${key}`,
      title,
      meaning,
      section: 'losses',
      steps: losses.steps,
      curves: members.map(({ domain, name }) => ({
        label: domain === '' ? title : domain,
        role: roleOf(domain),
        values: losses.values[name]!,
      })),
    }));
}

/** Style divergence and learning rates over the steps. */
export function otherCharts({ styleDivergence, rates }: Pick<ReportData, 'styleDivergence' | 'rates'>): ChartSpec[] {
  const charts: ChartSpec[] = [];
  if (styleDivergence.steps.length > 1) {
    charts.push({
      id: 'style-divergence',
      title: 'Distance from N(0, I)',
      meaning: 'KL divergence in nats. Lower is better for guided translation.',
      section: 'styles',
      steps: styleDivergence.steps,
      curves: Object.entries(styleDivergence.values).map(([domain, values]) => ({
        label: domain.toUpperCase(),
        role: domain === 'b' ? 'b' : 'a',
        values,
      })),
    });
  }
  if (rates.steps.length > 1) {
    charts.push({
      id: 'rates',
      title: 'Learning rate',
      meaning: 'As the schedule sets it.',
      section: 'rates',
      steps: rates.steps,
      curves: Object.entries(rates.values).map(([label, values], i) => ({ label, role: i === 0 ? 'plain' : 'a', values })),
    });
  }
  return charts;
}
