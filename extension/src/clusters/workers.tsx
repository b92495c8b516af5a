import React, { type ReactElement } from 'react';

import { bytes } from '../common/format';
import { useWorkbench } from '../common/widget';
import type { Cluster } from './api';

/** The workers of a cluster as they are now. */
export function Workers({ id, cluster }: { id: string; cluster: Cluster }): ReactElement {
  const { trans } = useWorkbench();
  const limit = cluster.workers[0]?.memory_limit;
  const facts = [
    trans._n('%1 thread each', '%1 threads each', cluster.threads),
    ...(limit ? [trans.__('%1 each', bytes(limit))] : []),
    ...(cluster.gpus ? [trans._n('%1 GPU each', '%1 GPUs each', cluster.gpus)] : [])
  ];
  return (
    <div id={id} className="lw-Workers">
      <p className="lw-quiet">{facts.join(', ')}</p>
      {cluster.workers.length ? (
        <table aria-label={trans.__('Workers of %1', cluster.name)}>
          <thead>
            <tr>
              <th scope="col">{trans.__('Worker')}</th>
              <th scope="col">{trans.__('CPU')}</th>
              <th scope="col">{trans.__('Memory')}</th>
              <th scope="col" title={trans.__('Tasks that run now')}>
                {trans.__('Tasks')}
              </th>
            </tr>
          </thead>
          <tbody>
            {cluster.workers.map(worker => (
              <tr key={worker.name}>
                <td title={worker.name}>{worker.name}</td>
                <td>{Math.round(worker.cpu)} %</td>
                <td title={worker.memory_limit ? trans.__('of %1', bytes(worker.memory_limit)) : undefined}>
                  {bytes(worker.memory)}
                </td>
                <td>{worker.executing}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </div>
  );
}
