import React, { type ReactElement } from 'react';

import { OperationBar } from '../../common/operation';
import { useWorkbench } from '../../common/widget';
import type { Operation } from '../api';
import { Promotion } from '../promote/promotion';
import type { EndpointModel } from './model';

/** What goes on with the endpoint: a promotion with its steps (a canary's too), a rollback, a split; or why it failed. */
export function Progress({
  model,
  operation
}: {
  model: EndpointModel;
  operation: Operation;
}): ReactElement | null {
  const { trans } = useWorkbench();
  const going = operation.state === 'running';
  if (operation.state === 'succeeded') {
    return null;
  }
  const refresh = (): Promise<void> => model.standing.refresh();
  if (operation.kind === 'serving.promote' && (going || operation.error?.code === 'not_decided')) {
    return <Promotion operation={operation} onChange={refresh} />;
  }
  return (
    <div className="lw-Progress">
      <OperationBar operation={operation} onChange={refresh} />
      {going && operation.log.length > 1 ? (
        <details>
          <summary className="lw-quiet">{trans._n('%1 line', '%1 lines', operation.log.length)}</summary>
          <ol className="lw-quiet">
            {operation.log.map((line, place) => (
              <li key={place}>{line}</li>
            ))}
          </ol>
        </details>
      ) : null}
    </div>
  );
}
