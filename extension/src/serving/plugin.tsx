import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IStateDB } from '@jupyterlab/statedb';
import { refreshIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { Schemas } from '../api/request';
import { choose } from '../common/choose';
import { endpointIcon, promoteIcon } from '../common/icons';
import { attempt } from '../common/notice';
import { IWorkbench } from '../common/tokens';
import { IExperiments } from '../experiments/tokens';
import { EndpointPanel } from './endpoint/panel';
import { registerIcon } from './icons';
import { ServingModel } from './model';
import { askPromotion } from './promote/dialog';
import { askRegistration } from './register';
import { addRunPart } from './runpart';
import { ServingSection } from './section';
import { confirmStop } from './stop';
import { IServing } from './tokens';
import { versionOf } from './words';

const OPEN = 'labwright:choose-endpoint';

/** Serving: the section, the endpoint's tab, and the way from a run to an endpoint. */
export const serving: JupyterFrontEndPlugin<IServing> = {
  id: 'labwright:serving',
  description: 'Promotion of runs, endpoints and their try-it form.',
  autoStart: true,
  provides: IServing,
  requires: [IWorkbench, IExperiments],
  optional: [ICommandPalette, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    experiments: IExperiments,
    palette: ICommandPalette | null,
    states: IStateDB | null
  ): IServing => {
    const { trans } = workbench;
    const model = new ServingModel(workbench, states);

    const open = workbench.addTab<{ name: string }>({
      id: 'endpoint',
      icon: endpointIcon,
      name: ({ name }) => name,
      title: ({ name }) => name,
      body: ({ name }) => (
        <EndpointPanel serving={model} model={model.endpoint(name)} experiments={experiments} />
      )
    });
    app.commands.addCommand(OPEN, {
      label: trans.__('Open an Endpoint…'),
      caption: trans.__('What it serves, what it was asked, and a form to try it'),
      icon: endpointIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () =>
        choose({
          trans,
          title: trans.__('Open an endpoint'),
          what: trans.__('Endpoint'),
          accept: trans.__('Open'),
          list: () => model.list(),
          nameOf: endpoint => endpoint.name,
          none: trans.__('No endpoint yet. Promote a run first: %promote best --to NAME'),
          execute: ({ name }) => open({ name })
        })
    });
    palette?.addItem({ command: OPEN, category: trans.__('Labwright') });
    workbench.addRunning('serving', {
      list: async background =>
        (await model.live(background)).map(endpoint => ({
          icon: () => endpointIcon,
          label: () => endpoint.name,
          labelTitle: () => versionOf(endpoint, trans),
          open: () => open({ name: endpoint.name }),
          shutdown: () =>
            void attempt(async () => {
              if (await confirmStop(endpoint, trans)) {
                await model.stop(endpoint);
              }
            })
        })),
      stopAll: () => model.stopAll()
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
    const unavailable = (run: Schemas['Run']): string =>
      run.models.length ? '' : trans.__('this run has no model');
    addRunPart(experiments, workbench, open);
    const promote = async (run: Schemas['Run'], to?: string): Promise<void> => {
      const promoted = await askPromotion(run, model, workbench, to);
      if (promoted) {
        open({ name: promoted.name }, { behind: promoted.elsewhere });
      }
    };
    experiments.addRunAction({
      label: trans.__('Promote…'),
      icon: promoteIcon,
      unavailable,
      execute: run => promote(run)
    });
    experiments.addRunAction({
      label: trans.__('Register…'),
      icon: registerIcon,
      unavailable,
      execute: run => askRegistration(run, model, workbench, name => void attempt(() => promote(run, name)))
    });
    return model;
  }
};
