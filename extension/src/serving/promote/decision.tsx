import React, { useId, useState, type ReactElement } from 'react';

import { Button } from '../../common/button';
import { useWorkbench } from '../../common/widget';
import type { Operation } from '../api';
import { cancel, goOn, type ReadinessCard } from './api';

interface IProps {
  operation: Operation;
  card: ReadinessCard;
  onChange: () => unknown;
}

const LEAST = 3;

/** Go on or stop. Where a check failed, to go on takes a reason in words, which stays in the history. */
export function Decision({ operation, card, onChange }: IProps): ReactElement {
  const { api, trans } = useWorkbench();
  const [reason, setReason] = useState('');
  const hint = useId();
  const failed = card.verdict === 'fail';
  const lacks = failed && reason.trim().length < LEAST;
  const decide = async (deed: Promise<unknown>): Promise<void> => {
    try {
      await deed;
    } finally {
      await onChange();
    }
  };
  return (
    <form className="lw-Decision" onSubmit={event => event.preventDefault()}>
      {failed ? (
        <label>
          {trans.__('Reason to go on')}
          <textarea
            className="jp-mod-styled"
            rows={2}
            maxLength={2000}
            value={reason}
            aria-describedby={hint}
            placeholder={trans.__('Why it shall answer though a check failed')}
            onChange={event => setReason(event.target.value)}
          />
          <span id={hint} className="lw-quiet">
            {trans.__('At least %1 letters; it stands in the endpoint’s history.', LEAST)}
          </span>
        </label>
      ) : null}
      <span className="lw-Decision-buttons">
        <Button
          label={trans.__('Go on')}
          kind={failed ? 'warn' : 'accept'}
          disabled={lacks}
          title={
            lacks
              ? trans.__('a check failed: say why to go on all the same, in %1 letters at least', LEAST)
              : undefined
          }
          onClick={() => decide(goOn(api, operation.id, failed ? { reason: reason.trim() } : {}))}
        />
        <Button label={trans.__('Stop')} onClick={() => decide(cancel(api, operation.id))} />
      </span>
    </form>
  );
}
