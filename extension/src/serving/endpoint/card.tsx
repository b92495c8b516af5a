import React, { type ReactElement } from 'react';

import { moment } from '../../common/format';
import type { ReadinessCard } from './api';

const SIGNS = { pass: '✓', warn: '!', fail: '✗', waiting: '…' };

/** A readiness card that was decided on: each check with its verdict, its sentence and its figures. */
export function CardView({ card }: { card: ReadinessCard }): ReactElement {
  return (
    <div className="lw-Card">
      <ul>
        {card.checks.map(check => (
          <li key={check.id} className={`lw-mod-${check.verdict}`}>
            <span className="lw-Card-sign" role="img" aria-label={check.verdict}>
              {SIGNS[check.verdict]}
            </span>
            <div>
              <strong>{check.title}</strong>
              <p>{check.words}</p>
              {check.figures?.length ? (
                <dl>
                  {check.figures.map(({ name, value }) => (
                    <React.Fragment key={name}>
                      <dt>{name}</dt>
                      <dd>{value}</dd>
                    </React.Fragment>
                  ))}
                </dl>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      {card.reason ? <p>{card.reason}</p> : null}
      <p className="lw-quiet">{moment(card.created)}</p>
    </div>
  );
}
