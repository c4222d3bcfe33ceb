/**
 * What the site's search makes of a found place: people look for what a word means and what to do; the reference, which has every word, comes after.
 * @param {unknown} id The place's address.
 */
export const boostDocument = (id) => (/\/api\//.test(String(id)) ? 0.3 : 1);
