import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { refreshIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { endpointIcon, promoteIcon } from '../common/icons';
import { IWorkbench } from '../common/tokens';
import { IExperiments } from '../experiments/tokens';
import { EndpointPanel } from './endpoint';
import { ServingModel } from './model';
import { askPromotion } from './promote';
import { ServingSection } from './section';
import { IServing } from './tokens';
import { promoteCode } from './words';

/** Serving: the section, the endpoint's tab, and the way from a run to an endpoint. */
export const serving: JupyterFrontEndPlugin<IServing> = {
  id: 'labwright:serving',
  description: 'Promotion of runs, endpoints and their try-it form.',
  autoStart: true,
  provides: IServing,
  requires: [IWorkbench, IExperiments],
  activate: (_: JupyterFrontEnd, workbench: IWorkbench, experiments: IExperiments): IServing => {
    const { trans } = workbench;
    const model = new ServingModel(workbench);

    const open = workbench.addTab<{ name: string }>({
      id: 'endpoint',
      icon: endpointIcon,
      name: ({ name }) => name,
      title: ({ name }) => name,
      body: ({ name }) => <EndpointPanel serving={model} model={model.endpoint(name)} />
    });
    workbench.addSection({
      id: 'serving',
      title: trans.__('Endpoints'),
      rank: 40,
      buttons: [
        {
          label: trans.__('Look at the endpoints'),
          icon: refreshIcon,
          onClick: () => void model.endpoints.refresh()
        }
      ],
      body: <ServingSection model={model} open={name => open({ name })} />
    });
    experiments.addRunAction({
      label: trans.__('Promote…'),
      icon: promoteIcon,
      unavailable: run => (run.models.length ? '' : trans.__('this run has no model')),
      execute: async run => {
        const choice = await askPromotion(run, await model.list(), trans);
        if (choice?.asCell) {
          await workbench.copyAsCell(promoteCode(run.run_id, choice.name, choice.model));
        } else if (choice) {
          await model.promote(choice.name, run.run_id, choice.model, choice.over);
          open({ name: choice.name });
        }
      }
    });
    return model;
  }
};
