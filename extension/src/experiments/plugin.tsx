import { IRouter, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IStateDB } from '@jupyterlab/statedb';
import { refreshIcon, tableRowsIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { choose } from '../common/choose';
import { compareIcon } from '../common/icons';
import { IWorkbench } from '../common/tokens';
import { CompareModel } from './compare/model';
import { ComparePanel } from './compare/panel';
import { Views } from './compare/state';
import { addMlflowTab } from './mlflow';
import { ExperimentsModel } from './model';
import { ExperimentsSection } from './section';
import { getRun } from './table/api';
import { Deeds } from './table/deeds';
import { RunsPage } from './table/page';
import { followLinks } from './table/route';
import { IExperiments } from './tokens';

const OPEN = 'labwright:choose-experiment';

/** Experiments: the section, the tabs "Runs" and "Compare". */
export const experiments: JupyterFrontEndPlugin<IExperiments> = {
  id: 'labwright:experiments',
  description: 'Runs, their tables and their comparison.',
  autoStart: true,
  provides: IExperiments,
  requires: [IWorkbench],
  optional: [ICommandPalette, IStateDB, IRouter],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    palette: ICommandPalette | null,
    states: IStateDB | null,
    router: IRouter | null
  ): IExperiments => {
    const { trans } = workbench;
    const model = new ExperimentsModel(workbench, states);
    const deeds = new Deeds(app, workbench, model);

    const views = new Views(states);
    const openCompare = workbench.addTab<{ runs: string[] }>({
      id: 'compare',
      icon: compareIcon,
      name: ({ runs }) => runs.join('-'),
      title: ({ runs }) =>
        runs?.length === 1
          ? trans.__('One Run')
          : runs?.length
            ? trans.__('Compare %1 Runs', runs.length)
            : trans.__('Compare Runs'),
      body: ({ runs }) => (
        <ComparePanel experiments={model} model={new CompareModel(workbench, runs, views)} />
      )
    });
    const openRuns = workbench.addTab<{ experiment: string; name: string }>({
      id: 'runs',
      icon: tableRowsIcon,
      name: ({ experiment }) => experiment,
      title: ({ name }) => trans.__('Runs of %1', name),
      body: ({ experiment, name }) => (
        <RunsPage
          experiments={model}
          model={model.tableOf(experiment)}
          deeds={deeds}
          name={name}
          compare={runs => openCompare({ runs })}
        />
      )
    });
    model.openRun = async runId => {
      const { run } = await getRun(workbench.api, runId, false);
      model.tableOf(run.experiment_id).reveal(runId);
      openRuns({ experiment: run.experiment_id, name: run.experiment });
    };
    model.openNotebook = place => deeds.openNotebook(place);
    model.restore = runId => deeds.restore(runId);
    addMlflowTab(workbench, model.tracking);
    if (router) {
      followLinks(app, router, workbench, model, openRuns);
    }
    app.commands.addCommand(OPEN, {
      label: trans.__('Open the Runs of an Experiment…'),
      caption: trans.__('A table of runs, to sort, compare and promote'),
      icon: tableRowsIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () =>
        choose({
          trans,
          title: trans.__('Open the runs of an experiment'),
          what: trans.__('Experiment'),
          accept: trans.__('Open'),
          list: () => model.experiments(),
          nameOf: ({ name }) => name,
          none: trans.__('No runs yet. Track a cell first: %%%%track NAME'),
          execute: ({ experiment_id, name }) => openRuns({ experiment: experiment_id, name })
        })
    });
    palette?.addItem({ command: 'labwright:open-mlflow', args: {}, category: trans.__('Labwright') });
    palette?.addItem({ command: OPEN, category: trans.__('Labwright') });
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
        <ExperimentsSection
          model={model}
          openRuns={(experiment, name, run) => {
            if (run !== undefined) {
              model.tableOf(experiment).reveal(run);
            }
            openRuns({ experiment, name });
          }}
        />
      )
    });
    return model;
  }
};
