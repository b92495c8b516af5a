import { addIcon, caretDownIcon, caretRightIcon, closeIcon, stopIcon } from '@jupyterlab/ui-components';
import React, { useId, useState, type ReactElement } from 'react';

import { Badge } from '../common/badge';
import { Button, CopyAsCell, IconButton } from '../common/button';
import { bytes } from '../common/format';
import { Empty, Loaded } from '../common/shell';
import { useWorkbench } from '../common/widget';
import type { Cluster } from './api';
import { confirmStop } from './dialog';
import { minusIcon } from './icons';
import type { ClustersModel } from './model';
import { again, isLive, memoryOf, memoryUsed, sizeOf, startCode, stateOf } from './words';
import { Workers } from './workers';

interface IProps {
  model: ClustersModel;
  create: () => Promise<unknown>;
}

/** The side bar's section: the clusters and what to do with them. */
export function ClustersSection({ model, create }: IProps): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Loaded resource={model.clusters}>
      {clusters =>
        clusters.length ? (
          <ul className="lw-List">
            {clusters.map(cluster => (
              <ClusterItem key={cluster.name} model={model} cluster={cluster} />
            ))}
          </ul>
        ) : (
          <Empty>
            <p>{trans.__('No cluster runs. Workers take on what one kernel is too small for.')}</p>
            <Button label={trans.__('New cluster…')} icon={addIcon} onClick={create} />
          </Empty>
        )
      }
    </Loaded>
  );
}

function ClusterItem({ model, cluster }: { model: ClustersModel; cluster: Cluster }): ReactElement {
  const { trans } = useWorkbench();
  const [open, setOpen] = useState(false);
  const details = useId();
  const { tone, text } = stateOf(cluster, trans);
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <li className="lw-Item lw-Cluster" aria-label={cluster.name}>
      <div className="lw-Cluster-head">
        <button
          type="button"
          className="lw-Item-title"
          aria-expanded={open}
          aria-controls={details}
          title={
            cluster.notebook ? trans.__('%1, started by %2', cluster.name, cluster.notebook) : cluster.name
          }
          onClick={() => setOpen(!open)}
        >
          <Caret.react tag="span" className="lw-Caret" />
          <span className="lw-ellipsis">{cluster.name}</span>
          <Badge tone={tone} text={text} />
        </button>
        <Actions model={model} cluster={cluster} />
      </div>
      {isLive(cluster) ? <Size model={model} cluster={cluster} /> : null}
      {cluster.message ? <p className="lw-Cluster-message">{cluster.message}</p> : null}
      {cluster.state === 'failed' || cluster.state === 'lost' ? (
        <div className="lw-Cluster-way">
          <Button label={trans.__('Start again')} onClick={() => model.start(again(cluster))} />
        </div>
      ) : null}
      {open ? <Workers id={details} cluster={cluster} /> : null}
    </li>
  );
}

function Size({ model, cluster }: { model: ClustersModel; cluster: Cluster }): ReactElement {
  const { trans } = useWorkbench();
  const running = cluster.state === 'running';
  return (
    <div className="lw-Cluster-size">
      <span>{sizeOf(cluster, trans)}</span>
      <IconButton
        label={trans.__('One worker less in %1', cluster.name)}
        icon={minusIcon}
        disabled={!running || !model.fits(cluster.wanted - 1)}
        onClick={() => model.scale(cluster, cluster.wanted - 1)}
      />
      <IconButton
        label={trans.__('One worker more in %1', cluster.name)}
        icon={addIcon}
        disabled={!running || !model.fits(cluster.wanted + 1)}
        onClick={() => model.scale(cluster, cluster.wanted + 1)}
      />
      {cluster.workers.length ? (
        <span className="lw-quiet" title={trans.__('Memory in use: %1', memoryOf(cluster))}>
          {bytes(memoryUsed(cluster))}
        </span>
      ) : null}
    </div>
  );
}

function Actions({ model, cluster }: { model: ClustersModel; cluster: Cluster }): ReactElement {
  const { trans } = useWorkbench();
  const stop = async (): Promise<void> => {
    if (await confirmStop(cluster, trans)) {
      await model.stop(cluster);
    }
  };
  const over = cluster.state === 'failed' || cluster.state === 'lost';
  return (
    <span className="lw-actions">
      <CopyAsCell code={startCode(cluster)} what={trans.__('connect to %1', cluster.name)} />
      {over ? (
        <IconButton
          label={trans.__('Remove %1 from the list', cluster.name)}
          icon={closeIcon}
          onClick={() => model.stop(cluster)}
        />
      ) : (
        <IconButton
          label={trans.__('Stop %1', cluster.name)}
          icon={stopIcon}
          disabled={cluster.state === 'stopping'}
          onClick={stop}
        />
      )}
    </span>
  );
}
