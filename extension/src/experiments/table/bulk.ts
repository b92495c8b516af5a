import { Notification } from '@jupyterlab/apputils';

import { pathOf } from '../../api/request';
import type { Operation } from '../../common/operation';
import { attempt } from '../../common/notice';
import { Store } from '../../common/store';
import type { IWorkbench } from '../../common/tokens';
import { changeRuns, type BulkChange } from './api';
import type { RunsTable } from './model';

const LOOK_MILLISECONDS = 250;

/** Changes of many runs at once, one after the other, with what is known of the one that goes on. */
export class Bulk {
  constructor(
    private readonly workbench: IWorkbench,
    private readonly model: RunsTable
  ) {}

  /** The change that goes on, or that failed. */
  readonly operation = new Store<Operation | null>(null);

  archive(runIds: string[]): Promise<void> {
    return this.change({ run_ids: runIds, action: 'archive' });
  }

  restore(runIds: string[]): Promise<void> {
    return this.change({ run_ids: runIds, action: 'restore' });
  }

  tag(runIds: string[], key: string, value: string): Promise<void> {
    return this.change({ run_ids: runIds, action: 'tag', key, value });
  }

  untag(runIds: string[], key: string): Promise<void> {
    return this.change({ run_ids: runIds, action: 'untag', key });
  }

  /** Start a change; throws where the service refuses it. What comes of it is shown in the tab, and said in a notice. */
  async change(change: BulkChange): Promise<void> {
    const operation = await changeRuns(this.workbench.api, change);
    void attempt(() => this.follow(operation, change));
  }

  private async follow(started: Operation, change: BulkChange): Promise<void> {
    let operation = started;
    this.operation.set(operation);
    while (operation.state === 'running') {
      await new Promise(resolve => setTimeout(resolve, LOOK_MILLISECONDS));
      operation = await this.workbench.api.json<Operation>(`operations/${pathOf(started.id)}`, {
        background: true
      });
      this.operation.set(operation);
    }
    await this.model.resource.refresh();
    if (operation.state === 'succeeded') {
      this.operation.set(null);
      this.say(change);
    }
  }

  private say({ action, run_ids: runs, key }: BulkChange): void {
    const { trans } = this.workbench;
    const count = runs.length;
    const words = {
      archive: trans._n('Archived %1 run.', 'Archived %1 runs.', count),
      restore: trans._n('Restored %1 run.', 'Restored %1 runs.', count),
      tag: trans._n('Tagged %1 run.', 'Tagged %1 runs.', count),
      untag: trans._n('Took tag %2 from %1 run.', 'Took tag %2 from %1 runs.', count, key ?? '')
    }[action];
    const undo = { archive: trans.__('Restore'), restore: trans.__('Archive'), tag: '', untag: '' }[action];
    const back = action === 'archive' ? 'restore' : 'archive';
    Notification.success(words, {
      autoClose: undo ? 10000 : 4000,
      actions: undo
        ? [{ label: undo, callback: () => void attempt(() => this.change({ run_ids: runs, action: back })) }]
        : []
    });
  }
}
