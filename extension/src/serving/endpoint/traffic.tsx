import React, { type ReactElement } from 'react';

import { Badge } from '../../common/badge';
import { Button } from '../../common/button';
import { number } from '../../common/format';
import { Table } from '../../common/table';
import { useWorkbench } from '../../common/widget';
import type { Endpoint } from '../api';
import type { VersionTraffic } from './api';
import type { EndpointModel } from './model';
import { askMakeLive } from './makelive';
import { RunLink } from './runlink';
import { milliseconds, percentOf, roleOf, versionState } from './words';

/** All versions that are loaded, and what each has of the calls. */
export function Versions({ model, endpoint }: { model: EndpointModel; endpoint: Endpoint }): ReactElement {
  const workbench = useWorkbench();
  const { trans } = workbench;
  const versions = endpoint.traffic ?? [];
  const going = endpoint.operation?.state === 'running';
  if (!versions.length) {
    return <p className="lw-quiet">{trans.__('No version is loaded.')}</p>;
  }
  const problems = versions.filter(({ message }) => message);
  return (
    <>
      <Table
        label={trans.__('Versions of %1', endpoint.name)}
        className="lw-Versions"
        rows={versions}
        keyOf={({ version }) => version}
        columns={[
          { id: 'version', label: trans.__('Version'), cell: ({ version }) => <strong>{version}</strong> },
          {
            id: 'run',
            label: trans.__('Run'),
            cell: one => (one.run_id ? <RunLink runId={one.run_id} name={one.run_name} /> : '–')
          },
          {
            id: 'role',
            label: trans.__('Role'),
            cell: ({ role }) => <span className={`lw-Role lw-mod-${role}`}>{roleOf(role, trans)}</span>
          },
          { id: 'share', label: trans.__('Share'), cell: one => <Share version={one} /> },
          { id: 'state', label: trans.__('State'), cell: one => <Badge {...versionState(one, trans)} /> },
          {
            id: 'processes',
            label: trans.__('Processes'),
            numeric: true,
            cell: ({ processes }) => processes
          },
          { id: 'calls', label: trans.__('Calls'), numeric: true, cell: ({ calls }) => number(calls) },
          {
            id: 'errors',
            label: trans.__('Errors'),
            numeric: true,
            cell: ({ errors }) => <span className={errors ? 'lw-mod-bad' : undefined}>{number(errors)}</span>
          },
          {
            id: 'p50',
            label: trans.__('Median'),
            numeric: true,
            cell: ({ p50_ms }) => <span title={trans.__('Over the last minute')}>{milliseconds(p50_ms)}</span>
          },
          {
            id: 'do',
            label: '',
            cell: one =>
              one.role === 'live' ? null : (
                <Button
                  label={trans.__('Make live…')}
                  disabled={going}
                  title={going ? trans.__('wait until what goes on has ended, or cancel it') : undefined}
                  onClick={() => askMakeLive(model, endpoint, one.version, one.run_name, workbench)}
                />
              )
          }
        ]}
      />
      {problems.map(({ version, message }) => (
        <p key={version} className="lw-Endpoint-problem">
          {trans.__('Version %1: %2', version, message)}
        </p>
      ))}
    </>
  );
}

/** A share as a bar, with the figure. */
function Share({ version: { percent, role } }: { version: VersionTraffic }): ReactElement {
  const { trans } = useWorkbench();
  return (
    <span
      className={`lw-Share lw-mod-${role}`}
      title={role === 'shadow' ? trans.__('Copies; its answers go to the log only') : undefined}
    >
      <span className="lw-Share-bar" aria-hidden="true">
        <span style={{ width: `${Math.min(100, Math.max(0, percent))}%` }} />
      </span>
      {role === 'shadow' ? trans.__('%1 copied', percentOf(percent)) : percentOf(percent)}
    </span>
  );
}
