import React, { type ReactElement } from 'react';

import { moment, number } from '../../common/format';
import { useResource } from '../../common/resource';
import { Loaded } from '../../common/shell';
import { Table } from '../../common/table';
import { useWorkbench } from '../../common/widget';
import type { EndpointModel } from './model';
import { milliseconds, roleOf } from './words';

/** The newest requests, without their values. */
export function Requests({ model }: { model: EndpointModel }): ReactElement {
  const { trans } = useWorkbench();
  const figures = useResource(model.figures);
  const unlogged = figures.status === 'ready' ? figures.data.unlogged : 0;
  return (
    <>
      {unlogged ? (
        <p className="lw-Endpoint-problem" role="alert">
          {trans._n(
            '%1 prediction is not in the log: the disk took nothing. Make room; what comes then is logged again.',
            '%1 predictions are not in the log: the disk took nothing. Make room; what comes then is logged again.',
            unlogged
          )}
        </p>
      ) : null}
      <Loaded resource={model.log}>
        {log =>
          log.length ? (
            <Table
              label={trans.__('Recent requests of %1', model.name)}
              className="lw-Requests"
              rows={log}
              keyOf={({ request_id, role }) => `${request_id} ${role}`}
              columns={[
                { id: 'at', label: trans.__('At'), cell: ({ at }) => moment(at) },
                {
                  id: 'status',
                  label: trans.__('Status'),
                  numeric: true,
                  cell: ({ status }) => (
                    <span className={status >= 400 ? 'lw-mod-bad' : undefined}>{status || '–'}</span>
                  )
                },
                { id: 'rows', label: trans.__('Rows'), numeric: true, cell: ({ rows }) => number(rows) },
                {
                  id: 'latency',
                  label: trans.__('Latency'),
                  numeric: true,
                  cell: ({ latency_ms }) => milliseconds(latency_ms)
                },
                { id: 'version', label: trans.__('Version'), cell: ({ version }) => version || '–' },
                {
                  id: 'role',
                  label: trans.__('Role'),
                  cell: ({ role }) => (role ? roleOf(role, trans) : '–')
                },
                {
                  id: 'consumer',
                  label: trans.__('Consumer'),
                  cell: ({ consumer }) => <span className="lw-Table-name">{consumer || '–'}</span>
                },
                {
                  id: 'id',
                  label: trans.__('Request id'),
                  cell: ({ request_id }) => (
                    <code className="lw-quiet" title={request_id}>
                      {request_id.slice(0, 8)}…
                    </code>
                  )
                }
              ]}
            />
          ) : (
            <p className="lw-quiet">{trans.__('Nobody has asked yet. Try it in the form above.')}</p>
          )
        }
      </Loaded>
    </>
  );
}
