import { addIcon } from '@jupyterlab/ui-components';
import React, { useState, type ReactElement } from 'react';

import { Badge } from '../common/badge';
import { Button, CopyAsCell, IconButton } from '../common/button';
import { ago, moment } from '../common/format';
import { OperationBar } from '../common/operation';
import { Empty, Loaded } from '../common/shell';
import { useWorkbench } from '../common/widget';
import type { DriftReport } from './api';
import type { DriftModel, IWatched } from './model';
import { driftCode, headline, verdict } from './words';

const NEWEST = 3;

interface IProps {
  model: DriftModel;
  /** Ask for a report. */
  create: (endpoint?: string) => unknown;
}

/** The side bar's section: the newest reports of each endpoint. */
export function DriftSection({ model, create }: IProps): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Loaded resource={model.watched}>
      {watched =>
        watched.length ? (
          <ul className="lw-List">
            {watched.map(one => (
              <WatchedItem key={one.endpoint} model={model} create={create} watched={one} />
            ))}
          </ul>
        ) : (
          <Empty>
            <p>
              {trans.__(
                'No report yet. It tells whether an endpoint is asked about data like what its model learnt from.'
              )}
            </p>
            <Button label={trans.__('New report…')} icon={addIcon} onClick={() => create()} />
          </Empty>
        )
      }
    </Loaded>
  );
}

function WatchedItem({ model, create, watched }: IProps & { watched: IWatched }): ReactElement {
  const { trans } = useWorkbench();
  const [all, setAll] = useState(false);
  const { endpoint, there, reports, last } = watched;
  const older = reports.length - NEWEST;
  return (
    <li className="lw-Item" aria-label={endpoint}>
      <div className="lw-Item-head">
        <span className="lw-ellipsis" title={endpoint}>
          {endpoint}
        </span>
        {there ? (
          <span className="lw-actions">
            <CopyAsCell
              code={driftCode(endpoint, reports[0]?.window ?? null)}
              what={trans.__('drift of %1', endpoint)}
            />
            <IconButton
              label={trans.__('New report on %1', endpoint)}
              icon={addIcon}
              onClick={() => create(endpoint)}
            />
          </span>
        ) : (
          <span className="lw-quiet">{trans.__('deleted')}</span>
        )}
      </div>
      {last ? <OperationBar operation={last} onChange={() => model.watched.refresh()} /> : null}
      {reports.slice(0, all ? undefined : NEWEST).map(report => (
        <ReportLine key={report.id} report={report} open={() => model.open(report.id, endpoint)} />
      ))}
      {older > 0 ? (
        <button
          type="button"
          className="lw-Item-line lw-quiet"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {all
            ? trans.__('Show the newest only')
            : trans._n('Show %1 older report', 'Show %1 older reports', older)}
        </button>
      ) : null}
    </li>
  );
}

function ReportLine({ report, open }: { report: DriftReport; open: () => void }): ReactElement {
  const { trans } = useWorkbench();
  const { tone, text } = headline(report, trans);
  return (
    <button
      type="button"
      className="lw-Item-line"
      title={trans.__('%1. Open the report of %2', text, moment(report.created))}
      onClick={open}
    >
      <Badge tone={tone} text={verdict(report, trans)} />
      <span className="lw-quiet">{ago(report.created, trans)}</span>
    </button>
  );
}
