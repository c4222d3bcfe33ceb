/** Values of many steps in bounded room: neighbours are averaged as a run grows longer. */

/** Columns for a chart; a gap is `null`. */
export interface SeriesTable {
  readonly steps: readonly number[];
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

interface Bucket {
  /** The last step in it. */
  step: number;
  rows: number;
  readonly sums: Map<string, { sum: number; count: number }>;
}

const merge = (into: Bucket, from: Bucket): void => {
  into.step = from.step;
  into.rows += from.rows;
  for (const [name, { sum, count }] of from.sums) {
    const held = into.sums.get(name);
    if (held === undefined) into.sums.set(name, { sum, count });
    else {
      held.sum += sum;
      held.count += count;
    }
  }
};

/** At most `2 · capacity` points; each is the mean of `stride` rows, and `stride` doubles when they grow too many. */
export class SeriesHistory {
  readonly #capacity: number;
  #stride = 1;
  #buckets: Bucket[] = [];

  constructor(capacity = 1000) {
    this.#capacity = capacity;
  }

  /** Adds a row. Values that are not finite are gaps. */
  push(step: number, values: Readonly<Record<string, number>>): void {
    const finite = Object.entries(values).filter(([, value]) => Number.isFinite(value));
    const bucket: Bucket = { step, rows: 1, sums: new Map(finite.map(([name, sum]) => [name, { sum, count: 1 }])) };
    const last = this.#buckets.at(-1);
    if (last !== undefined && last.rows < this.#stride) merge(last, bucket);
    else this.#buckets.push(bucket);
    if (this.#buckets.length > 2 * this.#capacity) this.#halve();
  }

  /** Takes back everything after `step` (and the neighbours that were averaged with it). */
  rewind(step: number): void {
    this.#buckets = this.#buckets.filter((bucket) => bucket.step <= step);
  }

  table(): SeriesTable {
    const names = new Set(this.#buckets.flatMap(({ sums }) => [...sums.keys()]));
    const column = (name: string): (number | null)[] =>
      this.#buckets.map(({ sums }) => {
        const held = sums.get(name);
        return held === undefined ? null : Number((held.sum / held.count).toPrecision(5));
      });
    return {
      steps: this.#buckets.map(({ step }) => step),
      values: Object.fromEntries([...names].map((name) => [name, column(name)])),
    };
  }

  #halve(): void {
    const halved: Bucket[] = [];
    this.#buckets.forEach((bucket, i) => {
      if (i % 2 === 0) halved.push(bucket);
      else merge(halved.at(-1)!, bucket);
    });
    this.#buckets = halved;
    this.#stride *= 2;
  }
}
