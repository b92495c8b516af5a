import { PageConfig, URLExt } from '@jupyterlab/coreutils';

import { NOTHING_CHOSEN, parseView, type IView } from './view';

/** The word of the address that holds a link's view. */
export const WORD = 'labwright';
const KIND = 'runs';
const LONGEST = 60_000;

export interface ILinked {
  experiment: string;
  view: IView;
}

/** An address that opens the table of an experiment with this view, for whoever may log in here. */
export function linkOf(experiment: string, view: IView): string {
  const changed = Object.entries(view).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(NOTHING_CHOSEN[name as keyof IView])
  );
  const text = JSON.stringify({ ...Object.fromEntries(changed), experiment });
  const word = `${KIND}.${encode(text)}`;
  return `${URLExt.join(PageConfig.getBaseUrl(), 'lab')}?${WORD}=${word}`;
}

/** What a link's word says; null for what is none. Anybody may have written it. */
export function parseLink(word: string): ILinked | null {
  const [kind, text] = word.split('.');
  if (kind !== KIND || !text || text.length > LONGEST) {
    return null;
  }
  try {
    const found: unknown = JSON.parse(decode(text));
    const { experiment } = found as { experiment?: unknown };
    return typeof experiment === 'string' && /^\d{1,30}$/.test(experiment)
      ? { experiment, view: parseView(found) }
      : null;
  } catch {
    return null;
  }
}

/** Base64 for addresses (RFC 4648, section 5) of UTF-8. */
function encode(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte));
  return btoa(bytes.join('')).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

function decode(text: string): string {
  const bytes = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes, sign => sign.charCodeAt(0)));
}
