import React, { createContext, useContext, type ReactElement } from 'react';

import { attempt } from '../../common/notice';
import { useWorkbench } from '../../common/widget';
import type { IExperiments } from '../../experiments/tokens';

/** The ways from an endpoint to runs and notebooks, which experiments own. */
export const Experiments = createContext<IExperiments | null>(null);

/** A run's name, which opens the run in the table of its experiment. */
export function RunLink({ runId, name }: { runId: string; name: string | null }): ReactElement {
  const { trans } = useWorkbench();
  const experiments = useContext(Experiments);
  const words = name || runId.slice(0, 8);
  return experiments ? (
    <button
      type="button"
      className="lw-link lw-Table-name"
      title={trans.__('Open the run %1', words)}
      onClick={() => void attempt(() => experiments.openRun(runId))}
    >
      {words}
    </button>
  ) : (
    <span className="lw-Table-name">{words}</span>
  );
}
