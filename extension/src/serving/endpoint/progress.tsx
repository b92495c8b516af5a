import React, { useContext, useEffect, useRef, type ReactElement } from 'react';

import { OperationBar } from '../../common/operation';
import { Visible } from '../../common/resource';
import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import type { Operation } from '../api';
import { Promotion } from '../promote/promotion';
import type { EndpointModel } from './model';
import { bringElse } from './partsnav';

/** What goes on, which comes into view when the person began it, wherever on the page that was. */
export function Progress(props: { model: EndpointModel; operation: Operation }): ReactElement | null {
  const { model, operation } = props;
  const box = useRef<HTMLDivElement>(null);
  const own = useStore(model.begun) === operation.id;
  const visible = useContext(Visible);
  useEffect(() => {
    if (own && visible && box.current) {
      bringElse(box.current);
      model.begun.set(null);
    }
  }, [model, own, visible]);
  return operation.state === 'succeeded' ? null : (
    <div ref={box}>
      <Going {...props} />
    </div>
  );
}

/** What goes on with the endpoint: a promotion with its steps (a canary's too), a rollback, a split; or why it failed. */
function Going({ model, operation }: { model: EndpointModel; operation: Operation }): ReactElement {
  const { trans } = useWorkbench();
  const going = operation.state === 'running';
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
