const colour = process.stdout.isTTY && process.env.NO_COLOR === undefined;
/** @param {number} code */
const paint = (code) => (/** @type {string} */ text) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const yellow = paint(33);

/** @param {string} text */
export const say = (text) => console.log(text);

/** About the scripts' own work: apart from what they run, whose output may be read by a program. @param {string} text */
export const note = (text) => console.error(text);

/** @param {number} ms */
export const seconds = (ms) =>
  ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;

/**
 * Ends the process with what went wrong, what the tool said, and what to do.
 * @param {string} what
 * @param {string} [output]
 * @param {string} [remedy]
 * @returns {never}
 */
export function fail(what, output = '', remedy = '') {
  if (output.trim()) console.error(output.trimEnd());
  console.error(red(what));
  if (remedy) console.error(remedy);
  process.exit(1);
}
