import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { listIcon, refreshIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IWorkbench } from '../common/tokens';
import { FeaturesModel } from './model';
import { FeaturesSection } from './panel';
import { ViewPanel } from './view';

/** Features: the section and the tabs of feature views. */
export const features: JupyterFrontEndPlugin<void> = {
  id: 'labwright:features',
  description: 'Feature views and their first rows.',
  autoStart: true,
  requires: [IWorkbench],
  activate: (_: JupyterFrontEnd, workbench: IWorkbench): void => {
    const { trans } = workbench;
    const model = new FeaturesModel(workbench);

    const open = workbench.addTab<{ view: string }>({
      id: 'feature-view',
      icon: listIcon,
      name: ({ view }) => view,
      title: ({ view }) => view,
      body: ({ view }) => <ViewPanel resource={model.view(view)} />
    });
    workbench.addSection({
      id: 'features',
      title: trans.__('Features'),
      rank: 30,
      buttons: [
        {
          label: trans.__('Look for new feature views'),
          icon: refreshIcon,
          onClick: () => void model.repository.refresh()
        }
      ],
      body: <FeaturesSection model={model} open={view => open({ view })} />
    });
  }
};
