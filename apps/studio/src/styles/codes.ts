/** Style codes as the studio keeps them: three decimals, so that a link holds exactly what is seen. */

export type Code = readonly number[];

const DECIMALS = 3;

/** As far as a slider goes; random codes are standard normal, and hardly ever beyond. */
export const REACH = 3;

export const rounded = (code: ArrayLike<number>): Code => Array.from(code, (x) => Number(x.toFixed(DECIMALS)) || 0);

/** `next`, but the old numbers where they are locked. */
export const withLocks = (next: Code, old: Code, locks: readonly boolean[]): Code => next.map((x, i) => (locks[i] === true ? (old[i] ?? x) : x));

export const withNumber = (code: Code, index: number, value: number): Code => rounded(code.map((x, i) => (i === index ? value : x)));

export const sameCode = (a: Code, b: Code): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

export const formatCode = (code: Code): string => code.join(',');

/** @returns undefined for what is not a code */
export function parseCode(text: string | null | undefined): Code | undefined {
  if (text === null || text === undefined || text === '') return undefined;
  const numbers = text.split(',').map(Number);
  return numbers.every((x) => Number.isFinite(x) && Math.abs(x) <= 100) && numbers.length <= 512 ? rounded(numbers) : undefined;
}
