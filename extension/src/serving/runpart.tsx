import React, { useMemo, type ReactElement } from 'react';

import type { Schemas } from '../api/request';
import { useResource } from '../common/resource';
import type { IWorkbench } from '../common/tokens';
import { useWorkbench } from '../common/widget';
import type { IExperiments } from '../experiments/tokens';
import { endpointsOf } from './endpoint/api';
import { percentOf, roleOf } from './endpoint/words';

/** Tell runs' details which endpoints serve a run's model, or did. */
export function addRunPart(
  experiments: IExperiments,
  { trans }: IWorkbench,
  open: (args: { name: string }) => void
): void {
  experiments.addRunPart({
    title: trans.__('Endpoints'),
    body: run => (run.models.length ? <Served run={run} open={open} /> : <></>)
  });
}

function Served({
  run,
  open
}: {
  run: Schemas['Run'];
  open: (args: { name: string }) => void;
}): ReactElement | null {
  const workbench = useWorkbench();
  const { trans } = workbench;
  const resource = useMemo(
    () => workbench.resource(['serving'], background => endpointsOf(workbench.api, run.run_id, background)),
    [workbench, run.run_id]
  );
  const state = useResource(resource);
  if (state.status !== 'ready' || !state.data.length) {
    return null;
  }
  return (
    <section aria-label={trans.__('Endpoints')}>
      <h3>{trans.__('Endpoints')}</h3>
      <ul className="lw-Details-files">
        {state.data.map(served => (
          <li key={`${served.endpoint} ${served.version}`}>
            {served.exists ? (
              <button
                type="button"
                className="lw-link"
                title={trans.__('Open the endpoint %1', served.endpoint)}
                onClick={() => open({ name: served.endpoint })}
              >
                {served.endpoint}
              </button>
            ) : (
              served.endpoint
            )}{' '}
            <span className="lw-quiet">{wordsOf(served, trans)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function wordsOf(
  { version, role, percent, exists }: Schemas['ServedRun'],
  trans: IWorkbench['trans']
): string {
  if (!exists) {
    return trans.__('version %1; deleted', version);
  }
  return role
    ? trans.__('version %1: %2, %3', version, roleOf(role, trans), percentOf(percent))
    : trans.__('version %1: no longer', version);
}
