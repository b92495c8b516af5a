import type { NotebookPanel } from '@jupyterlab/notebook';
import { ToolbarButtonComponent } from '@jupyterlab/ui-components';
import React, { useContext, useState, type ReactElement } from 'react';

import { attempt } from '../common/notice';
import { useResource, Visible } from '../common/resource';
import { useStore } from '../common/store';
import type { IWorkbench } from '../common/tokens';
import { PanelWidget, useWorkbench } from '../common/widget';
import type { Cluster } from './api';
import { askForCluster } from './dialog';
import { clusterIcon } from './icons';
import type { ClustersModel } from './model';
import { isLive, isOf, sizeOf } from './words';

interface IProps {
  model: ClustersModel;
  /** The notebook's path, which changes when it is renamed. */
  path: () => string;
}

/** The notebook's toolbar item: its cluster. It asks for nothing until the person turns to Labwright. */
export function clusterButton(
  workbench: IWorkbench,
  model: ClustersModel,
  notebook: NotebookPanel
): PanelWidget {
  const button = new PanelWidget(
    workbench,
    <ClusterButton model={model} path={() => notebook.context.path} />
  );
  // It is JupyterLab's toolbar that it is drawn in, not a panel of ours.
  button.removeClass('lw-Panel');
  button.addClass('lw-ClusterButton');
  notebook.context.pathChanged.connect(button.update, button);
  button.disposed.connect(() => notebook.context.pathChanged.disconnect(button.update, button));
  return button;
}

function ClusterButton(props: IProps): ReactElement {
  const { used } = useWorkbench();
  const turned = useStore(used);
  const visible = useContext(Visible) && turned;
  return (
    <Visible.Provider value={visible}>
      <Known {...props} />
    </Visible.Provider>
  );
}

function Known({ model, path }: IProps): ReactElement {
  const workbench = useWorkbench();
  const { trans, used, showSection } = workbench;
  const [busy, setBusy] = useState(false);
  const state = useResource(model.clusters);
  const own =
    state.status === 'ready'
      ? state.data.find(cluster => isLive(cluster) && isOf(path(), cluster))
      : undefined;

  const turn = async (): Promise<void> => {
    setBusy(true);
    let found: Cluster | undefined;
    const known = await attempt(async () => (found = await model.ofNotebook(path())));
    setBusy(false);
    used.set(true);
    if (found) {
      showSection('clusters');
    } else if (known) {
      await askForCluster(model, workbench, path());
    }
  };

  return (
    <ToolbarButtonComponent
      icon={clusterIcon}
      label={
        own ? sizeOf(own, trans) : state.status === 'ready' ? trans.__('No cluster') : trans.__('Cluster')
      }
      tooltip={
        own
          ? trans.__('This notebook’s cluster, %1: show it in the side bar', own.name)
          : trans.__('Start workers for this notebook')
      }
      enabled={!busy}
      onClick={() => void turn()}
    />
  );
}
