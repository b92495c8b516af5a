import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { addIcon, refreshIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IWorkbench } from '../common/tokens';
import { askForCluster } from './dialog';
import { ClustersModel } from './model';
import { ClustersSection } from './panel';

const START = 'labwright:start-cluster';

/** Clusters: the section and the dialog for a new one. */
export const clusters: JupyterFrontEndPlugin<void> = {
  id: 'labwright:clusters',
  description: 'Workers for notebooks: start, scale and stop them.',
  autoStart: true,
  requires: [IWorkbench],
  optional: [ICommandPalette],
  activate: (app: JupyterFrontEnd, workbench: IWorkbench, palette: ICommandPalette | null): void => {
    const { trans } = workbench;
    const model = new ClustersModel(workbench);

    app.commands.addCommand(START, {
      label: trans.__('Start a Cluster…'),
      caption: trans.__('Workers with CPUs or GPUs for a notebook'),
      icon: addIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => askForCluster(model, trans)
    });
    palette?.addItem({ command: START, category: trans.__('Labwright') });

    workbench.addSection({
      id: 'clusters',
      title: trans.__('Clusters'),
      rank: 10,
      buttons: [
        { label: trans.__('New cluster'), icon: addIcon, onClick: () => void app.commands.execute(START) },
        {
          label: trans.__('Look at the clusters again'),
          icon: refreshIcon,
          onClick: () => void model.clusters.refresh()
        }
      ],
      body: <ClustersSection model={model} create={() => app.commands.execute(START)} />
    });
  }
};
