import type { TranslationBundle } from '@jupyterlab/translation';
import React, { type ReactElement } from 'react';

import type { Schemas } from '../api/request';
import { Badge, type Tone } from '../common/badge';
import { useWorkbench } from '../common/widget';

export type ReadinessCard = Schemas['ReadinessCard'];
type Check = Schemas['Check'];
type Verdict = Schemas['Verdict'];

/** The checks of a readiness card, each with its verdict, its sentence and its figures, and how it was decided. */
export function ReadinessView({ card }: { card: ReadinessCard }): ReactElement {
  const { trans } = useWorkbench();
  const decided = decidedOf(card, trans);
  const checks = [...card.checks].sort((a, b) => rankOf(a) - rankOf(b));
  return (
    <div className="lw-Readiness">
      <ul aria-label={trans.__('Checks')}>
        {checks.map(check => (
          <Line key={check.id} check={check} trans={trans} />
        ))}
      </ul>
      {decided ? <p>{decided}</p> : null}
    </div>
  );
}

/** What failed comes first, then what warns; the others stand in the order in which they are made. */
const rankOf = ({ verdict }: Check): number => (verdict === 'fail' ? 0 : verdict === 'warn' ? 1 : 2);

/** What a card says as a whole. */
export function VerdictBadge({ verdict }: { verdict: Verdict }): ReactElement {
  const { trans } = useWorkbench();
  const words: Record<Verdict, [Tone, string]> = {
    pass: ['good', trans.__('ready')],
    warn: ['warn', trans.__('ready, with warnings')],
    fail: ['bad', trans.__('not ready')],
    waiting: ['busy', trans.__('being checked')]
  };
  const [tone, text] = words[verdict];
  return <Badge tone={tone} text={text} />;
}

/** The candidate and where it is to go. */
export function titleOf(card: ReadinessCard, trans: TranslationBundle): string {
  return card.version ? trans.__('%1, version %2', card.endpoint, card.version) : card.endpoint;
}

/** Its run, and what it would replace. */
export function subtitleOf(card: ReadinessCard, trans: TranslationBundle): string {
  const parts = [
    card.run_name ? trans.__('run %1', card.run_name) : '',
    card.live && card.live !== card.version ? trans.__('version %1 is live', card.live) : ''
  ];
  return parts.filter(Boolean).join(' · ');
}

function Line({ check, trans }: { check: Check; trans: TranslationBundle }): ReactElement {
  const { verdict, figures = [] } = check;
  return (
    <li className={`lw-mod-${verdict}`}>
      <Sign verdict={verdict} trans={trans} />
      <div className="lw-Readiness-body">
        <span className="lw-Readiness-title">{check.title}</span>
        {check.words ? <span className="lw-Readiness-words">{check.words}</span> : null}
        {figures.length ? (
          <dl>
            {figures.map(({ name, value }, index) => (
              <div key={index}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        ) : null}
      </div>
    </li>
  );
}

/** A sign with its word, so that colour is not all that tells. */
function Sign({ verdict, trans }: { verdict: Verdict; trans: TranslationBundle }): ReactElement {
  const words: Record<Verdict, [string, string]> = {
    pass: ['✓', trans.__('pass')],
    warn: ['!', trans.__('warn')],
    fail: ['✗', trans.__('fail')],
    waiting: ['', trans.__('waiting')]
  };
  const [sign, word] = words[verdict];
  return (
    <span className="lw-Readiness-sign">
      <span className="lw-Readiness-mark" aria-hidden="true">
        {sign}
      </span>
      <span className={verdict === 'pass' || verdict === 'waiting' ? 'lw-visually-hidden' : undefined}>
        {word}
      </span>
    </span>
  );
}

function decidedOf(card: ReadinessCard, trans: TranslationBundle): string {
  if (card.decided === 'stop') {
    return trans.__('Stopped; nothing was changed.');
  }
  return card.decided === 'go' && card.reason ? trans.__('Gone on with the reason: %1', card.reason) : '';
}
