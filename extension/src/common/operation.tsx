import { closeIcon } from '@jupyterlab/ui-components';
import React, { type ReactElement } from 'react';

import { pathOf, type Api, type Schemas } from '../api/request';
import { IconButton } from './button';
import { useWorkbench } from './widget';

export type Operation = Schemas['Operation'];

/** The newest operations of a kind, such as `drift.report`. */
export const listOperations = (api: Api, kind: string, background: boolean): Promise<Operation[]> =>
  api.json('operations', { query: { kind, limit: 50 }, background });

interface IProps {
  operation: Operation;
  /** After a cancel was asked for, or a failure was put away. */
  onChange?: () => unknown;
}

/** Long work: what is done now, how far it is, and a way to stop it; why it failed, when it did. */
export function OperationBar({ operation, onChange }: IProps): ReactElement | null {
  const { api, trans } = useWorkbench();
  const cancel = async (): Promise<void> => {
    await api.json(`operations/${pathOf(operation.id)}/cancel`, { method: 'POST', body: {} });
    await onChange?.();
  };
  const putAway = async (): Promise<void> => {
    await api.json(`operations/${pathOf(operation.id)}`, { method: 'DELETE' });
    await onChange?.();
  };
  if (operation.state === 'failed') {
    return (
      <div className="lw-Operation lw-mod-error" role="alert">
        <div className="lw-Operation-words">
          <p>{operation.error?.detail ?? operation.step}</p>
          <IconButton label={trans.__('Put away')} icon={closeIcon} onClick={putAway} />
        </div>
      </div>
    );
  }
  if (operation.state === 'succeeded') {
    return null;
  }
  if (operation.state === 'cancelled') {
    return <p className="lw-quiet">{trans.__('Cancelled; nothing was changed.')}</p>;
  }
  const share = Math.min(1, Math.max(0, operation.progress));
  return (
    <div className="lw-Operation">
      <div className="lw-Operation-words" role="status">
        <span className="lw-ellipsis" title={operation.step}>
          {operation.step}
        </span>
        <span className="lw-actions lw-quiet">
          {Math.round(share * 100)} %
          <IconButton label={trans.__('Cancel')} icon={closeIcon} onClick={cancel} />
        </span>
      </div>
      <progress max={1} value={share} aria-label={operation.step} />
    </div>
  );
}
