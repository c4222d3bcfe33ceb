/** Fenced blocks of one language in Markdown, in order. @param {string} markdown @param {string} language @returns {string[]} */
export const codeBlocks = (markdown, language) => [...markdown.matchAll(new RegExp(`^\`\`\`${language}[^\\S\\n]*\\n([^]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code);
