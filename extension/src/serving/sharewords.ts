import type { TranslationBundle } from '@jupyterlab/translation';

import type { Endpoint } from './api';
import type { VersionTraffic } from './endpoint/api';
import { percentOf } from './endpoint/words';

/** The versions that answer calls while there are several, the live one first; none where one answers all. */
export function splitOf(endpoint: Endpoint): VersionTraffic[] {
  const found = (endpoint.traffic ?? []).filter(
    ({ role, percent }) => role === 'live' || (role !== 'shadow' && percent > 0)
  );
  const rank = ({ role, percent }: VersionTraffic): number => (role === 'live' ? Infinity : percent);
  return found.length > 1 ? found.sort((a, b) => rank(b) - rank(a)) : [];
}

/** Which versions answer how much, in a few words; empty where one answers all. */
export const splitWords = (endpoint: Endpoint, trans: TranslationBundle): string =>
  splitOf(endpoint)
    .map(({ version, percent }) => trans.__('version %1, %2', version, percentOf(percent)))
    .join(' · ');

/**
 * What a version would get of the calls once it is live, where others keep a lasting share; empty where none does.
 *
 * `own` says which of the shares is its own already.
 */
export function partWords(
  endpoint: Endpoint,
  own: (one: VersionTraffic) => boolean,
  trans: TranslationBundle
): string {
  const versions = endpoint.traffic ?? [];
  const stay = versions.filter(one => one.role === 'share' && !own(one));
  if (!stay.length) {
    return '';
  }
  const part = 100 - stay.reduce((sum, { percent }) => sum + percent, 0);
  const keep = stay
    .map(({ version, percent }) => trans.__('version %1 keeps its %2', version, percentOf(percent)))
    .join(', ');
  return versions.some(one => one.role === 'share' && own(one))
    ? trans.__(
        'It takes the live version’s part of the calls besides its own, together %1; %2. Split traffic… changes that.',
        percentOf(part),
        keep
      )
    : trans.__(
        'It takes the live version’s part of the calls, %1; %2. Split traffic… changes that.',
        percentOf(part),
        keep
      );
}
