import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/**
 * Addresses in a built site that lead nowhere: files that are not there, and places in pages that do not have them.
 * @param {string} dist @param {string} base Where the site will be served: `/`, or a path with slashes at both ends.
 * @returns {string[]}
 */
export function deadLinks(dist, base) {
  const pages = readdirSync(dist, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/')).filter((path) => path.endsWith('.html'));
  /** @type {Map<string, string>} */
  const texts = new Map(pages.map((page) => [page, readFileSync(join(dist, page), 'utf8')]));
  /** @type {Map<string, Set<string>>} */
  const places = new Map([...texts].map(([page, text]) => [page, new Set([...text.matchAll(/\s(?:id|name)="([^"]+)"/g)].map(([, id = '']) => decode(id)))]));
  return [...texts].flatMap(([page, text]) =>
    [...new Set([...text.matchAll(/\s(?:href|src)="([^"]+)"/g)].map(([, address = '']) => decode(address)))].flatMap((address) => {
      if (/^([a-z][a-z+.-]*:|\/\/)/i.test(address)) return [];
      const [path = '', place] = address.split('#');
      const target = path === '' ? page : fileOf(dist, page, path, base);
      if (target === undefined) return [`${page} leads to ${address}, which is not there.`];
      if (place === undefined || place === '' || !target.endsWith('.html') || places.get(target)?.has(decodeURIComponent(place)) === true) return [];
      return [`${page} leads to ${address}, and ${target} has no such place.`];
    }),
  );
}

/** The file that an address means, below dist. @param {string} dist @param {string} page @param {string} path @param {string} base */
function fileOf(dist, page, path, base) {
  const clean = decodeURIComponent(path.replace(/\?.*$/, ''));
  if (clean.startsWith('/') && !clean.startsWith(base)) return undefined;
  const below = clean.startsWith('/') ? clean.slice(base.length) : posix.join(dirname(page), clean);
  return [below, `${below}.html`, posix.join(below, 'index.html')].find((candidate) => existsSync(join(dist, candidate)) && statSync(join(dist, candidate)).isFile());
}

/** @param {string} text */
const decode = (text) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>');
