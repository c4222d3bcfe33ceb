/** The state that a link holds, as the part of the address behind `#`. */
import type { Domain } from '@munit/core';
import { isView } from '../view.js';
import { type Code, formatCode, parseCode } from '../styles/codes.js';
import { isLanguage } from '../language.js';
import { words } from '../words/words.js';

export interface LinkState {
  readonly view?: string | undefined;
  readonly model?: string | undefined;
  readonly image?: string | undefined;
  readonly to?: Domain | undefined;
  readonly style?: Code | undefined;
  readonly seed?: number | undefined;
  readonly side?: number | undefined;
  readonly device?: string | undefined;
  /** The language of the page. */
  readonly lang?: string | undefined;
  /** Both ends of a morph. */
  readonly start?: Code | undefined;
  readonly end?: Code | undefined;
  /** The strokes of a drawing, as text. In links that are copied alone: the address does without. */
  readonly drawing?: string | undefined;
}

/** `#model=shapes&to=b&style=0.5,-1.25`: readable, and safe in messages. */
export function formatHash(state: LinkState): string {
  const parts = Object.entries(state).flatMap(([key, value]: [string, LinkState[keyof LinkState]]) => {
    if (value === undefined) return [];
    const text = typeof value === 'object' ? formatCode(value) : String(value);
    return [`${key}=${encodeURIComponent(text).replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%2F/g, '/')}`];
  });
  return parts.length === 0 ? '' : `#${parts.join('&')}`;
}

/** What an address says in vain: each with what it is and how it was given. */
export function faultsIn(hash: string): string[] {
  const read = parseHash(hash);
  const given = new URLSearchParams(hash.replace(/^#/, '').replace(/\+/g, '%2B'));
  const wrong = (key: string): boolean => {
    if (key === 'device') return !['webgpu', 'simd', 'auto'].includes(read.device ?? '');
    if (key === 'view') return !isView(read.view);
    if (key === 'lang') return !isLanguage(read.lang);
    return read[key as keyof LinkState] === undefined;
  };
  const { fault, given: said } = words.peek().link;
  return Object.entries(fault).filter(([key]) => given.get(key) !== null && wrong(key)).map(([key, name]) => said(name, shortened(given.get(key)!)));
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Reads any address: what is not valid is left undefined. */
export function parseHash(hash: string): LinkState {
  const fields = new URLSearchParams(hash.replace(/^#/, '').replace(/\+/g, '%2B'));
  const text = (name: string): string | undefined => fields.get(name) ?? undefined;
  const to = text('to');
  return {
    view: text('view'),
    model: text('model'),
    image: text('image'),
    to: to === 'a' || to === 'b' ? to : undefined,
    style: parseCode(text('style')),
    seed: whole(text('seed'), 0, 2 ** 32 - 1),
    side: whole(text('side'), 16, 1024),
    device: text('device'),
    lang: text('lang'),
    start: parseCode(text('start')),
    end: parseCode(text('end')),
    drawing: text('drawing'),
  };
}

function whole(text: string | undefined, least: number, most: number): number | undefined {
  const value = Number(text);
  return text !== undefined && /^\d+$/.test(text) && value >= least && value <= most ? value : undefined;
}
