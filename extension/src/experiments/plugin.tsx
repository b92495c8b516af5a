import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { refreshIcon, tableRowsIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { compareIcon } from '../common/icons';
import { IWorkbench } from '../common/tokens';
import { ComparePanel } from './compare';
import { ExperimentsModel } from './model';
import { RunsPanel } from './runs';
import { ExperimentsSection } from './section';
import { IExperiments } from './tokens';

/** Experiments: the section, the tabs "Runs" and "Compare". */
export const experiments: JupyterFrontEndPlugin<IExperiments> = {
  id: 'labwright:experiments',
  description: 'Runs, their tables and their comparison.',
  autoStart: true,
  provides: IExperiments,
  requires: [IWorkbench],
  activate: (_: JupyterFrontEnd, workbench: IWorkbench): IExperiments => {
    const { trans } = workbench;
    const model = new ExperimentsModel(workbench);

    const openCompare = workbench.addTab<{ runs: string[] }>({
      id: 'compare',
      icon: compareIcon,
      name: ({ runs }) => runs.join('-'),
      title: () => trans.__('Compare'),
      body: ({ runs }) => <ComparePanel experiments={model} resource={model.comparison(runs)} />
    });
    const openRuns = workbench.addTab<{ experiment: string; name: string }>({
      id: 'runs',
      icon: tableRowsIcon,
      name: ({ experiment }) => experiment,
      title: ({ name }) => trans.__('Runs of %1', name),
      body: ({ experiment, name }) => (
        <RunsPanel
          experiments={model}
          model={model.runsOf(experiment)}
          name={name}
          compare={runs => openCompare({ runs })}
        />
      )
    });
    workbench.addSection({
      id: 'experiments',
      title: trans.__('Experiments'),
      rank: 20,
      buttons: [
        {
          label: trans.__('Look for new runs'),
          icon: refreshIcon,
          onClick: () => void model.latest.refresh()
        }
      ],
      body: (
        <ExperimentsSection model={model} openRuns={(experiment, name) => openRuns({ experiment, name })} />
      )
    });
    return model;
  }
};
