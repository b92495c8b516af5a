import { Dialog, showDialog } from '@jupyterlab/apputils';
import React, { type ReactElement } from 'react';

import { Button } from '../../common/button';
import { ago, moment } from '../../common/format';
import { Loaded } from '../../common/shell';
import { Table } from '../../common/table';
import type { IWorkbench } from '../../common/tokens';
import { PanelWidget, useWorkbench } from '../../common/widget';
import type { Endpoint } from '../api';
import { ReadinessView } from '../readinesscard';
import type { Promotion } from './api';
import type { EndpointModel } from './model';
import { askRollback } from './rollback';
import { RunLink } from './runlink';
import { deedOf, sharesOf } from './words';

/** Who made what live, when, on which figures, with which reason; and the way back to each. */
export function History({ model, endpoint }: { model: EndpointModel; endpoint: Endpoint }): ReactElement {
  const workbench = useWorkbench();
  const { trans } = workbench;
  const going = endpoint.operation?.state === 'running';
  return (
    <Loaded resource={model.history}>
      {history => (
        <Table
          label={trans.__('Promotions of %1', model.name)}
          className="lw-History"
          rows={history}
          keyOf={promotion => String(promotion.sequence)}
          columns={[
            {
              id: 'at',
              label: trans.__('When'),
              cell: ({ at }) => <span title={moment(at)}>{ago(at, trans)}</span>
            },
            { id: 'kind', label: trans.__('What'), cell: one => deedOf(one, trans) },
            {
              id: 'version',
              label: trans.__('Version'),
              cell: ({ version }) => <strong>{version.version}</strong>
            },
            {
              id: 'run',
              label: trans.__('Run'),
              cell: ({ version }) =>
                version.run_id ? <RunLink runId={version.run_id} name={version.run_name} /> : '–'
            },
            { id: 'previous', label: trans.__('Before'), cell: ({ previous }) => previous ?? '–' },
            {
              id: 'traffic',
              label: trans.__('Traffic since'),
              cell: ({ traffic }) => sharesOf(traffic ?? {}) || '–'
            },
            {
              id: 'by',
              label: trans.__('By'),
              cell: ({ by }) => <span className="lw-Table-name">{by}</span>
            },
            {
              id: 'reason',
              label: trans.__('Reason'),
              cell: ({ reason }) => (
                <span className="lw-History-reason lw-ellipsis" title={reason ?? undefined}>
                  {reason ?? '–'}
                </span>
              )
            },
            {
              id: 'do',
              label: '',
              cell: promotion => (
                <span className="lw-actions lw-History-actions">
                  {promotion.operation && promotion.kind !== 'traffic' && promotion.kind !== 'rollback' ? (
                    <Button
                      label={trans.__('Figures')}
                      title={trans.__('The readiness card on which it was decided')}
                      onClick={() => showCard(model, promotion, workbench)}
                    />
                  ) : null}
                  {wasLive(promotion) && promotion.version.version !== endpoint.live?.version ? (
                    <Button
                      label={trans.__('Roll back to this…')}
                      disabled={going || endpoint.state === 'stopped'}
                      title={
                        going
                          ? trans.__('wait until what goes on has ended, or cancel it')
                          : endpoint.state === 'stopped'
                            ? trans.__('the endpoint is stopped; start it first')
                            : undefined
                      }
                      onClick={() =>
                        askRollback(
                          model,
                          endpoint,
                          promotion.version.version,
                          promotion.version.run_name,
                          workbench
                        )
                      }
                    />
                  ) : null}
                </span>
              )
            }
          ]}
        />
      )}
    </Loaded>
  );
}

const wasLive = ({ kind }: Promotion): boolean => kind !== 'shadow';

/** The card on which it was decided. */
async function showCard(model: EndpointModel, promotion: Promotion, workbench: IWorkbench): Promise<void> {
  const { trans } = workbench;
  const card = await model.readiness(promotion.operation!);
  const body = new PanelWidget(workbench, <ReadinessView card={card} />);
  body.addClass('lw-CardDialog');
  await showDialog({
    title: trans.__('Version %1, as it was checked', promotion.version.version),
    body,
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}
