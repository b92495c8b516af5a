import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import { IWorkbench } from '../common/tokens';
import { comparisonOutput } from './comparison';
import { driftOutput } from './drift';
import { outputFactory } from './output';
import { readinessOutput } from './readiness';
import { runOutput } from './run';

/** Outputs of cells that look better with Labwright than as plain HTML. */
export const renderers: JupyterFrontEndPlugin<void> = {
  id: 'labwright:renderers',
  description: 'Runs, comparisons, drift reports and readiness cards in the outputs of notebooks.',
  autoStart: true,
  requires: [IWorkbench, IRenderMimeRegistry],
  activate: (app: JupyterFrontEnd, workbench: IWorkbench, rendermime: IRenderMimeRegistry): void => {
    rendermime.addFactory(outputFactory(workbench, rendermime, comparisonOutput(app.commands)));
    rendermime.addFactory(outputFactory(workbench, rendermime, driftOutput(app.commands)));
    rendermime.addFactory(outputFactory(workbench, rendermime, runOutput(app.commands)));
    rendermime.addFactory(outputFactory(workbench, rendermime, readinessOutput(app.commands)));
  }
};
