import type { CommandRegistry } from '@lumino/commands';
import React, { type ReactElement } from 'react';

import type { Schemas } from '../api/request';
import { Button } from '../common/button';
import { useWorkbench } from '../common/widget';
import { ComparisonOutput } from '../experiments/compare/output';
import { readComparison } from './parse';
import type { IOutputKind } from './output';

const OPEN = 'labwright:open-compare';

/** What `%compare` shows. */
export function comparisonOutput(commands: CommandRegistry): IOutputKind<Schemas['Comparison']> {
  function View({ data }: { data: Schemas['Comparison'] }): ReactElement {
    const { trans } = useWorkbench();
    const runs = data.runs.map(run => run.run_id);
    const experiments = [...new Set(data.runs.map(run => run.experiment))].join(', ');
    return (
      <div className="lw-Output-body">
        <div className="lw-Output-head">
          <div className="lw-Output-words">
            <div className="lw-Output-title">
              {trans._n('Comparison of %1 run', 'Comparison of %1 runs', data.runs.length)}
            </div>
            <div className="lw-quiet lw-ellipsis" title={experiments}>
              {experiments}
            </div>
          </div>
          {commands.hasCommand(OPEN) ? (
            <Button label={trans.__('Open comparison')} onClick={() => commands.execute(OPEN, { runs })} />
          ) : null}
        </div>
        <ComparisonOutput comparison={data} />
      </div>
    );
  }
  return { mimeType: 'application/vnd.labwright.comparison.v1+json', read: readComparison, View };
}
