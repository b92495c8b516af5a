import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { addIcon, refreshIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { attempt } from '../common/notice';
import { IWorkbench } from '../common/tokens';
import { askForCluster, confirmStop } from './dialog';
import { clusterIcon } from './icons';
import { ClustersModel } from './model';
import { ClustersSection } from './panel';
import { clusterButton } from './toolbar';
import { sizeOf } from './words';

const START = 'labwright:start-cluster';

/** Clusters: the section and the dialog for a new one. */
export const clusters: JupyterFrontEndPlugin<void> = {
  id: 'labwright:clusters',
  description: 'Workers for notebooks: start, scale and stop them.',
  autoStart: true,
  requires: [IWorkbench],
  optional: [ICommandPalette, IToolbarWidgetRegistry, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    palette: ICommandPalette | null,
    toolbars: IToolbarWidgetRegistry | null,
    notebooks: INotebookTracker | null
  ): void => {
    const { trans } = workbench;
    const model = new ClustersModel(workbench);

    app.commands.addCommand(START, {
      label: trans.__('Start a Cluster…'),
      caption: trans.__('Workers with CPUs or GPUs for a notebook'),
      icon: clusterIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () =>
        attempt(async () => {
          // For the notebook used last, unless that one has workers.
          const path = notebooks?.currentWidget?.context.path;
          const served = path !== undefined && (await model.ofNotebook(path)) !== undefined;
          await askForCluster(model, workbench, served ? undefined : path);
        })
    });
    palette?.addItem({ command: START, category: trans.__('Labwright') });

    // Where it stands among the others is in the settings' schema, where the person can change it.
    toolbars?.addFactory<NotebookPanel>('Notebook', 'labwright-cluster', notebook =>
      clusterButton(workbench, model, notebook)
    );
    workbench.addRunning('clusters', {
      list: async background =>
        (await model.live(background)).map(cluster => ({
          icon: () => clusterIcon,
          label: () => cluster.name,
          labelTitle: () => cluster.notebook ?? trans.__('Show the cluster %1', cluster.name),
          detail: () => sizeOf(cluster, trans),
          open: () => workbench.showSection('clusters'),
          shutdown: () =>
            void attempt(async () => (await confirmStop(cluster, trans)) && (await model.stop(cluster)))
        })),
      stopAll: () => model.stopAll()
    });
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
