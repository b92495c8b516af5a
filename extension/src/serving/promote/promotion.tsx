import React, { useMemo, type ReactElement } from 'react';

import { OperationBar } from '../../common/operation';
import { useResource } from '../../common/resource';
import { useWorkbench } from '../../common/widget';
import type { Operation } from '../api';
import { ReadinessView, VerdictBadge } from '../readinesscard';
import { getCard, type ReadinessCard } from './api';
import { Decision } from './decision';
import { Steps } from './steps';
import { summaryOf } from './words';

/** The step in which the service waits; see `promotion/decision.py`. */
const WAITING = 'Waiting for your decision';

interface IProps {
  operation: Operation;
  onChange: () => unknown;
}

/** A promotion that goes on: its steps, the readiness card as it fills, and the decision when there is one to make. */
export function Promotion({ operation, onChange }: IProps): ReactElement {
  const workbench = useWorkbench();
  const { trans } = workbench;
  const resource = useMemo(
    () =>
      workbench.resource(['serving', 'operations'], background =>
        getCard(workbench.api, operation.id, background)
      ),
    [workbench, operation.id]
  );
  const state = useResource(resource);
  const card = state.status === 'ready' ? state.data : null;
  const waits = operation.state === 'running' && operation.step === WAITING;
  return (
    <section className="lw-Promotion" aria-label={trans.__('Promotion')}>
      <OperationBar operation={operation} onChange={onChange} />
      <Steps operation={operation} />
      {card ? <Card card={card} waits={waits} operation={operation} onChange={onChange} /> : null}
    </section>
  );
}

interface ICardProps extends IProps {
  card: ReadinessCard;
  waits: boolean;
}

function Card({ card, waits, operation, onChange }: ICardProps): ReactElement {
  const { trans } = useWorkbench();
  return (
    <div className={`lw-Promotion-card lw-mod-${card.verdict}`}>
      <div className="lw-Promotion-title">
        <h2>{trans.__('Readiness of version %1', card.version ?? '')}</h2>
        <VerdictBadge verdict={card.verdict} />
      </div>
      <p role="status">{summaryOf(card, waits, trans)}</p>
      {waits ? <Decision operation={operation} card={card} onChange={onChange} /> : null}
      <ReadinessView card={card} />
    </div>
  );
}
