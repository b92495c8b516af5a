import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { copyIcon, historyIcon, launchIcon, listIcon, notebookIcon } from '@jupyterlab/ui-components';

import { pathOf, type Schemas } from '../../api/request';
import { attempt, say } from '../../common/notice';
import type { IWorkbench } from '../../common/tokens';
import type { ExperimentsModel } from '../model';
import type { IPlace } from '../tokens';
import { getRun, type TableRow } from './api';
import type { Bulk } from './bulk';
import { openMenu, type Entry } from './menu';
import type { RunsTable } from './model';
import { openNotebook } from './notebook';

/** What can be done with one run, from its row and from its details. */
export class Deeds {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly workbench: IWorkbench,
    private readonly experiments: ExperimentsModel
  ) {}

  openNotebook(place: IPlace): Promise<void> {
    return openNotebook(this.app, place, this.workbench.trans);
  }

  /** Write the recorded cells beside the original notebook, and open what was written. */
  async restore(runId: string): Promise<void> {
    const { api } = this.workbench;
    const body: Schemas['Restore'] = { root: PageConfig.getOption('serverRoot') || null };
    const restored = await api.json<Schemas['Restored']>(`experiments/runs/${pathOf(runId)}/restore`, {
      method: 'POST',
      body
    });
    if (restored.relative) {
      await this.app.commands.execute('docmanager:open', { path: restored.relative, factory: 'Notebook' });
    }
    Notification.success(restored.message, { autoClose: 8000 });
  }

  openMlflow(experimentId: string, runId: string): void {
    void this.app.commands.execute('labwright:open-mlflow', { experiment: experimentId, run: runId });
  }

  copyId(runId: string): void {
    Clipboard.copyToSystem(runId);
    say(this.workbench.trans.__('Copied the run’s id.'));
  }

  /** The menu of a row. What the run has decides what can be done, so it is asked first. */
  async menu(model: RunsTable, bulk: Bulk, row: TableRow, x: number, y: number): Promise<void> {
    const { trans, api } = this.workbench;
    await attempt(async () => {
      const [{ run }, origin] = await Promise.all([
        getRun(api, row.run_id),
        originOf(this.workbench, row.run_id)
      ]);
      const place = placeOf(origin);
      const entries: Entry[] = [
        { label: trans.__('Details'), icon: listIcon, onClick: () => model.open.set(row.run_id) },
        null,
        {
          label: trans.__('Open Notebook at Its Cell'),
          icon: notebookIcon,
          unavailable: place ? undefined : trans.__('not made in a notebook'),
          onClick: () => place && attempt(() => this.openNotebook(place))
        },
        {
          label: trans.__('Restore Notebook'),
          icon: historyIcon,
          unavailable: origin.recorded ? undefined : trans.__('nothing was recorded'),
          onClick: () => attempt(() => this.restore(row.run_id))
        },
        null,
        ...this.experiments.actions.get().map(action => ({
          label: action.label,
          icon: action.icon,
          unavailable: action.unavailable(run) || undefined,
          onClick: () => attempt(async () => action.execute(run))
        })),
        null,
        {
          label: trans.__('Open in MLflow'),
          icon: launchIcon,
          onClick: () => this.openMlflow(run.experiment_id, run.run_id)
        },
        { label: trans.__('Copy Run ID'), icon: copyIcon, onClick: () => this.copyId(run.run_id) },
        null,
        row.archived
          ? {
              label: trans.__('Restore from the Archive'),
              onClick: () => attempt(() => bulk.restore([row.run_id]))
            }
          : { label: trans.__('Archive'), onClick: () => attempt(() => bulk.archive([row.run_id])) }
      ];
      openMenu(entries, x, y);
    });
  }
}

export type Origin = Schemas['Origin'];

export const originOf = (workbench: IWorkbench, runId: string, background = false): Promise<Origin> =>
  workbench.api.json(`experiments/runs/${pathOf(runId)}/origin`, { background });

/** The notebook and the cell of a run; null where it was made elsewhere. */
export function placeOf({ notebook, cell, cell_id }: Origin): IPlace | null {
  return notebook ? { notebook, cell, cellId: cell_id } : null;
}
