import React, { type ReactElement } from 'react';

import { IconButton } from '../common/button';
import { useStore } from '../common/store';
import type { Run } from './api';
import type { ExperimentsModel } from './model';

/** What other capabilities do with a run, as buttons; one that cannot be done says why. */
export function RunActions({ model, run }: { model: ExperimentsModel; run: Run }): ReactElement {
  return (
    <span className="lw-actions">
      {useStore(model.actions).map(action => {
        const reason = action.unavailable(run);
        return (
          <IconButton
            key={action.label}
            label={reason ? `${action.label}: ${reason}` : `${action.label} (${run.name})`}
            icon={action.icon}
            disabled={reason !== ''}
            onClick={() => action.execute(run)}
          />
        );
      })}
    </span>
  );
}
