/**
 * @typedef {object} Evaluation What `munit evaluate --json` prints, as far as it is read here.
 * @property {readonly { protocol: string, to?: string, figures: readonly { name: string, value: number, interval?: { low: number, high: number } }[] }[]} sections
 */

/** @param {number} value */
const figure = (value) => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : '–');

/**
 * The figures of an evaluation as a table in Markdown: protocol and direction, name, value, interval.
 * @param {Evaluation | { evaluation: Evaluation }} printed Of a run, the evaluation is one part of what is printed.
 */
export function figuresTable(printed) {
  const { sections } = 'evaluation' in printed ? printed.evaluation : printed;
  const rows = sections.flatMap(({ protocol, to, figures }) =>
    figures.map(({ name, value, interval }) => {
      const heading = `${protocol}${to === undefined ? '' : ` to ${to.toUpperCase()}`}`;
      return `| ${heading} | ${name} | ${figure(value)} | ${interval === undefined ? '' : `${figure(interval.low)} to ${figure(interval.high)}`} |`;
    }),
  );
  return ['| protocol | figure | value | interval |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
