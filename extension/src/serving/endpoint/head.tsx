import { undoIcon } from '@jupyterlab/ui-components';
import React, { type ReactElement } from 'react';

import { Badge } from '../../common/badge';
import { Button, CopyAsCell } from '../../common/button';
import { confirm } from '../../common/dialog';
import { Heading } from '../../common/shell';
import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import type { Endpoint } from '../api';
import type { ServingModel } from '../model';
import { confirmStop } from '../stop';
import { splitWords } from '../sharewords';
import { deleteCode, setRunningCode, stateOf } from '../words';
import type { EndpointModel } from './model';
import { askRollback, whyNoRollback } from './rollback';
import { RunLink } from './runlink';

interface IProps {
  serving: ServingModel;
  model: EndpointModel;
  endpoint: Endpoint;
}

/** The endpoint's name, how it stands, and what can be done with it. */
export function Head({ serving, model, endpoint }: IProps): ReactElement {
  const workbench = useWorkbench();
  const { trans, copyAsCell } = workbench;
  const actions = useStore(serving.actions);
  const running = endpoint.state !== 'stopped';
  const setRunning = async (): Promise<void> => {
    if (running) {
      const copy = (): Promise<void> => copyAsCell(setRunningCode(endpoint.name, false));
      if (!(await confirmStop(endpoint, trans, copy))) {
        return;
      }
    }
    await model.setRunning(endpoint, !running);
  };
  const remove = async (): Promise<void> => {
    const sure = await confirm(
      trans,
      trans.__('Delete the endpoint %1?', endpoint.name),
      trans.__(
        'Its processes end; its tokens and its prediction log are deleted. The model versions stay in the registry.'
      ),
      trans.__('Delete'),
      () => copyAsCell(deleteCode(endpoint.name))
    );
    if (sure) {
      await model.delete(endpoint);
    }
  };
  const noRollback = whyNoRollback(endpoint, trans);
  const refused: [string, string][] = [
    [trans.__('Roll back'), noRollback] as [string, string],
    ...actions.map(
      action => [action.label.replace(/…$/, ''), action.unavailable(endpoint)] as [string, string]
    )
  ].filter(([, reason]) => reason);
  return (
    <>
      <Heading title={endpoint.name} note={<Note endpoint={endpoint} />}>
        <Button
          label={endpoint.previous ? trans.__('Roll back to %1…', endpoint.previous) : trans.__('Roll back…')}
          icon={undoIcon}
          disabled={noRollback !== ''}
          title={noRollback || undefined}
          onClick={() => askRollback(model, endpoint, endpoint.previous!, null, workbench)}
        />
        {actions.map(action => {
          const reason = action.unavailable(endpoint);
          return (
            <Button
              key={action.label}
              label={action.label}
              icon={action.icon}
              disabled={reason !== ''}
              title={reason || undefined}
              onClick={() => action.execute(endpoint)}
            />
          );
        })}
        <Button
          label={running ? trans.__('Stop…') : trans.__('Start')}
          disabled={!endpoint.live}
          title={endpoint.live ? undefined : trans.__('it has no model yet')}
          onClick={setRunning}
        />
        <CopyAsCell
          code={setRunningCode(endpoint.name, !running)}
          what={running ? trans.__('stop') : trans.__('start')}
        />
        <Button label={trans.__('Delete…')} onClick={remove} />
      </Heading>
      {refused.length && endpoint.live ? (
        <ul className="lw-Endpoint-refused lw-quiet">
          {refused.map(([label, reason]) => (
            <li key={label}>{trans.__('%1: %2', label, reason)}</li>
          ))}
        </ul>
      ) : null}
      {endpoint.message ? (
        <p className="lw-Endpoint-problem" role="alert">
          {endpoint.message}
        </p>
      ) : null}
    </>
  );
}

function Note({ endpoint }: { endpoint: Endpoint }): ReactElement {
  const { trans } = useWorkbench();
  const { live } = endpoint;
  const split = splitWords(endpoint, trans);
  return (
    <span className="lw-Endpoint-note">
      <Badge {...stateOf(endpoint, trans)} />
      <span>
        {live && split ? (
          split
        ) : live ? (
          <>
            {trans.__('version %1', live.version)}
            {live.run_id ? (
              <>
                {trans.__(' from ')}
                <RunLink runId={live.run_id} name={live.run_name} />
              </>
            ) : null}
          </>
        ) : (
          trans.__('no version yet')
        )}
      </span>
      <span>{trans._n('%1 row answered', '%1 rows answered', endpoint.predictions)}</span>
    </span>
  );
}
