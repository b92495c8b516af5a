import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { linkIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import React, { useState, type ReactElement } from 'react';

import type { Resource } from '../common/resource';
import { Loaded } from '../common/shell';
import type { IWorkbench } from '../common/tokens';
import { useWorkbench } from '../common/widget';
import type { Tracking } from './api';

/** What to show of MLflow's page: a run, an experiment, or all. */
interface IPlace extends ReadonlyPartialJSONObject {
  experiment?: string;
  run?: string;
}

/** It needs our origin for its questions; it may not move the window, nor open others that have more than it. */
const SANDBOX = 'allow-scripts allow-same-origin allow-downloads allow-popups allow-forms';

/** MLflow's own page as a main-area tab, through the door: the command is `labwright:open-mlflow`. */
export function addMlflowTab(workbench: IWorkbench, tracking: Resource<Tracking>): (place: IPlace) => void {
  const { trans } = workbench;
  return workbench.addTab<IPlace>({
    id: 'mlflow',
    icon: linkIcon,
    name: ({ experiment, run }) => run ?? experiment ?? 'all',
    title: () => trans.__('MLflow’s Own Page'),
    body: place => <MlflowPage place={place} tracking={tracking} />
  });
}

/** The address of a run, an experiment or the start in MLflow's own page. */
export function mlflowAddress({ experiment, run }: IPlace): string {
  const parts = ['#', 'experiments'];
  if (experiment !== undefined) {
    parts.push(encodeURIComponent(experiment));
    if (run !== undefined) {
      parts.push('runs', encodeURIComponent(run));
    }
  }
  // The page has two faces; runs of training are what we keep.
  const query = '?workflowType=machine_learning';
  return URLExt.join(PageConfig.getBaseUrl(), 'labwright/mlflow/') + parts.join('/') + query;
}

/** MLflow's page remembers whether it is dark; it opens as JupyterLab is. */
function takeTheme(): void {
  localStorage.setItem(
    '_mlflow_dark_mode_toggle_enabled',
    String(document.body.dataset.jpThemeLight === 'false')
  );
}

function MlflowPage({ place, tracking }: { place: IPlace; tracking: Resource<Tracking> }): ReactElement {
  const { trans } = useWorkbench();
  const [shown, setShown] = useState(false);
  const address = mlflowAddress(place);
  useState(takeTheme); // before the frame reads it
  return (
    <Loaded resource={tracking}>
      {({ remote }) => (
        <div className="lw-Mlflow">
          <div className="lw-Mlflow-bar lw-quiet">
            <span className="lw-ellipsis">
              {remote ? trans.__('MLflow’s own page of %1', remote) : trans.__('MLflow’s own page')}
              {shown ? '' : ` · ${trans.__('Loading…')}`}
            </span>
            <a href={address} target="_blank" rel="noopener noreferrer">
              {trans.__('Open in a browser tab')}
            </a>
          </div>
          <iframe
            title={trans.__('MLflow’s own page')}
            src={address}
            sandbox={SANDBOX}
            referrerPolicy="same-origin"
            onLoad={() => setShown(true)}
          />
        </div>
      )}
    </Loaded>
  );
}
