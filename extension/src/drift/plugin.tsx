import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { addIcon, refreshIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IWorkbench } from '../common/tokens';
import { IServing } from '../serving/tokens';
import { askForReport } from './dialog';
import { driftIcon } from './icons';
import { DriftModel } from './model';
import { FullReport } from './page';
import { DriftSection } from './panel';
import { ReportPanel } from './report';

const REPORT = 'labwright:drift-report';

/** Drift: the section, the reports' tabs, and the way to one from an endpoint. */
export const drift: JupyterFrontEndPlugin<void> = {
  id: 'labwright:drift',
  description: 'Reports on the drift of the data that endpoints are asked about.',
  autoStart: true,
  requires: [IWorkbench],
  optional: [IServing, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    serving: IServing | null,
    palette: ICommandPalette | null
  ): void => {
    const { trans } = workbench;
    const model = new DriftModel(workbench);
    const create = (endpoint?: string): Promise<void> => askForReport(model, trans, endpoint);

    const openPage = workbench.addTab<{ report: string; endpoint: string }>({
      id: 'drift-page',
      icon: driftIcon,
      name: ({ report }) => report,
      title: ({ endpoint }) => trans.__('Evidently on %1', endpoint),
      body: ({ report, endpoint }) => <FullReport resource={model.page(report)} endpoint={endpoint} />
    });
    const openReport = workbench.addTab<{ report: string; endpoint: string }>({
      id: 'drift',
      icon: driftIcon,
      name: ({ report }) => report,
      title: ({ endpoint }) => (endpoint ? trans.__('Drift of %1', endpoint) : trans.__('Drift report')),
      body: ({ report }) => (
        <ReportPanel
          resource={model.report(report)}
          create={create}
          openPage={({ id, endpoint }) => openPage({ report: id, endpoint })}
        />
      )
    });
    model.open = (report, endpoint) => openReport({ report, endpoint });

    app.commands.addCommand(REPORT, {
      label: trans.__('Drift Report…'),
      caption: trans.__('Open a drift report, or make a new one of an endpoint'),
      icon: driftIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            report_id: { type: 'string', description: trans.__('The report to open') },
            endpoint: { type: 'string', description: trans.__('The endpoint to make a report of') }
          }
        }
      },
      execute: ({ report_id, endpoint }) =>
        typeof report_id === 'string' && report_id
          ? openReport({ report: report_id, endpoint: typeof endpoint === 'string' ? endpoint : '' })
          : create(typeof endpoint === 'string' ? endpoint : undefined)
    });
    palette?.addItem({ command: REPORT, category: trans.__('Labwright') });

    workbench.addSection({
      id: 'drift',
      title: trans.__('Drift'),
      rank: 50,
      buttons: [
        { label: trans.__('New drift report'), icon: addIcon, onClick: () => void create() },
        {
          label: trans.__('Look for new reports'),
          icon: refreshIcon,
          onClick: () => void model.watched.refresh()
        }
      ],
      body: <DriftSection model={model} create={create} />
    });
    serving?.addEndpointAction({
      label: trans.__('Drift…'),
      icon: driftIcon,
      unavailable: endpoint =>
        !endpoint.live
          ? trans.__('it has no model yet')
          : endpoint.has_reference
            ? ''
            : trans.__(
                'its run logged no training sample; add lw.experiments.log_reference(frame) to the cell'
              ),
      execute: endpoint => create(endpoint.name)
    });
  }
};
