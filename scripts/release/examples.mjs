/** @param {string} _checkout @returns {import('./strangers.mjs').Stranger[]} */
export const examples = (_checkout) => [];
