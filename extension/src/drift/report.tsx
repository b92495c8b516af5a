import { addIcon, launchIcon } from '@jupyterlab/ui-components';
import React, { type ReactElement } from 'react';

import { Badge } from '../common/badge';
import { Button, CopyAsCell } from '../common/button';
import { ago, moment } from '../common/format';
import type { Resource } from '../common/resource';
import { Heading, Loaded } from '../common/shell';
import { useWorkbench } from '../common/widget';
import type { DriftReport } from './api';
import { DriftView } from './columns';
import { driftCode, headline, subtitle } from './words';

interface IProps {
  resource: Resource<DriftReport>;
  /** Ask for a newer one. */
  create: (endpoint: string) => unknown;
  openPage: (report: DriftReport) => void;
}

/** The tab of a drift report. */
export function ReportPanel({ resource, create, openPage }: IProps): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Loaded resource={resource}>
      {report => {
        const { tone, text } = headline(report, trans);
        return (
          <div className="lw-Page">
            <Heading
              title={text}
              note={
                <span className="lw-Endpoint-note">
                  <Badge tone={tone} text={subtitle(report, trans)} />
                  <span title={moment(report.created)}>{ago(report.created, trans)}</span>
                </span>
              }
            >
              <CopyAsCell code={driftCode(report.endpoint, report.window)} what={trans.__('drift')} />
              <Button
                label={trans.__('New report…')}
                icon={addIcon}
                onClick={() => create(report.endpoint)}
              />
              <Button
                label={trans.__('Evidently’s full report')}
                icon={launchIcon}
                onClick={() => openPage(report)}
              />
            </Heading>
            <DriftView report={report} />
          </div>
        );
      }}
    </Loaded>
  );
}
