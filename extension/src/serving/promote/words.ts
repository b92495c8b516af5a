import type { TranslationBundle } from '@jupyterlab/translation';

import type { Check, ReadinessCard } from './api';

/** How a card stands, in a sentence. */
export function summaryOf(
  { checks, decided }: ReadinessCard,
  waits: boolean,
  trans: TranslationBundle
): string {
  const titles = (verdict: Check['verdict']): string[] =>
    checks.filter(check => check.verdict === verdict).map(({ title }) => title);
  const waiting = titles('waiting').length;
  if (waiting) {
    return trans.__('%1 of %2 checks made.', checks.length - waiting, checks.length);
  }
  const [failed, warned] = [titles('fail'), titles('warn')];
  const parts = [
    failed.length
      ? trans._n('%1 check failed: %2', '%1 checks failed: %2', failed.length, failed.join(', '))
      : '',
    warned.length
      ? trans._n('%1 check warns: %2', '%1 checks warn: %2', warned.length, warned.join(', '))
      : ''
  ].filter(Boolean);
  const found = parts.length ? parts.join('; ') : trans.__('All checks passed');
  if (waits) {
    return failed.length
      ? trans.__('%1. Nothing has changed yet: stop, or say why to go on.', found)
      : trans.__('%1. Nothing has changed yet: go on, or stop?', found);
  }
  return decided === 'go' ? trans.__('%1. It goes on.', found) : `${found}.`;
}
