import type { CommandRegistry } from '@lumino/commands';
import React, { type ReactElement } from 'react';

import type { Schemas } from '../api/request';
import { Badge } from '../common/badge';
import { Button } from '../common/button';
import { moment } from '../common/format';
import { useWorkbench } from '../common/widget';
import { DriftView } from '../drift/columns';
import { headline, subtitle } from '../drift/words';
import { readReport } from './parse';
import type { IOutputKind } from './output';

const OPEN = 'labwright:drift-report';

/** What `%drift` shows. */
export function driftOutput(commands: CommandRegistry): IOutputKind<Schemas['DriftReport']> {
  function View({ data }: { data: Schemas['DriftReport'] }): ReactElement {
    const { trans } = useWorkbench();
    const { tone, text } = headline(data, trans);
    return (
      <div className="lw-Output-body">
        <div className="lw-Output-head">
          <div className="lw-Output-words">
            <div className="lw-Output-title">
              <Badge tone={tone} text={text} />
            </div>
            <div className="lw-quiet">{`${subtitle(data, trans)}, ${moment(data.created)}`}</div>
          </div>
          {/* A report on frames of the notebook's own is nowhere but here. */}
          {data.endpoint && commands.hasCommand(OPEN) ? (
            <Button
              label={trans.__('Open full report')}
              onClick={() => commands.execute(OPEN, { report_id: data.id, endpoint: data.endpoint })}
            />
          ) : null}
        </div>
        <DriftView report={data} />
      </div>
    );
  }
  return { mimeType: 'application/vnd.labwright.drift.v1+json', read: readReport, View };
}
