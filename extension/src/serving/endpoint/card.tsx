import React, { type ReactElement } from 'react';

import { moment } from '../../common/format';
import { ReadinessView } from '../readinesscard';
import type { ReadinessCard } from './api';

/** A readiness card that was decided on. */
export function CardView({ card }: { card: ReadinessCard }): ReactElement {
  return (
    <>
      <ReadinessView card={card} />
      <p className="lw-quiet">{moment(card.created)}</p>
    </>
  );
}
