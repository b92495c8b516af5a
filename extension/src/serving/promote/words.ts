import type { TranslationBundle } from '@jupyterlab/translation';

import type { Check, ReadinessCard } from './api';

/** How a card stands, in a sentence. */
export function summaryOf(
  { checks, decided }: ReadinessCard,
  waits: boolean,
  trans: TranslationBundle
): string {
  const count = (verdict: Check['verdict']): number =>
    checks.filter(check => check.verdict === verdict).length;
  const waiting = count('waiting');
  if (waiting) {
    return trans.__('%1 of %2 checks made.', checks.length - waiting, checks.length);
  }
  const [failed, warned] = [count('fail'), count('warn')];
  const parts = [
    failed ? trans._n('%1 check failed', '%1 checks failed', failed) : '',
    warned ? trans._n('%1 check warns', '%1 checks warn', warned) : ''
  ].filter(Boolean);
  const found = parts.length ? parts.join(', ') : trans.__('All checks passed');
  if (waits) {
    return failed
      ? trans.__('%1. Nothing has changed yet: stop, or say why to go on.', found)
      : trans.__('%1. Nothing has changed yet: go on, or stop?', found);
  }
  return decided === 'go' ? trans.__('%1. It goes on.', found) : `${found}.`;
}
