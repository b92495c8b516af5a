import { Notification } from '@jupyterlab/apputils';

import { listOperations, type Operation } from '../common/operation';
import type { Resource } from '../common/resource';
import type { IWorkbench } from '../common/tokens';
import {
  getPage,
  getReport,
  listEndpoints,
  listReports,
  makeReport,
  type DriftReport,
  type MakeReport
} from './api';

/** An endpoint's reports, newest first, and the one that is being made or came to nothing since. */
export interface IWatched {
  endpoint: string;
  /** Whether the endpoint is there still. */
  there: boolean;
  reports: DriftReport[];
  last: Operation | null;
}

/** What the page knows of drift. */
export class DriftModel {
  constructor(private readonly workbench: IWorkbench) {
    const { api } = workbench;
    this.watched = workbench.resource(['drift', 'operations', 'serving'], async background => {
      const [reports, operations, endpoints] = await Promise.all([
        listReports(api, background),
        listOperations(api, 'drift.report', background),
        listEndpoints(api, background)
      ]);
      this.end(operations);
      return byEndpoint(reports, operations, new Set(endpoints.map(({ name }) => name)));
    });
  }

  readonly watched: Resource<IWatched[]>;
  /** Opens a report's tab; the plugin gives it. */
  open: (report: string, endpoint: string) => void = () => undefined;

  report(id: string): Resource<DriftReport> {
    return this.workbench.resource([], background => getReport(this.workbench.api, id, background), {
      poll: false
    });
  }

  page(id: string): Resource<string> {
    return this.workbench.resource([], () => getPage(this.workbench.api, id), { poll: false });
  }

  /** The endpoints that a report can be made of. */
  async endpoints(): Promise<string[]> {
    return (await listEndpoints(this.workbench.api)).map(endpoint => endpoint.name);
  }

  /** Ask for a report; its tab opens when it is there. */
  async make(wanted: MakeReport): Promise<void> {
    const operation = await makeReport(this.workbench.api, wanted);
    // Also with the side bar closed, until the report is there.
    this.followed.set(operation.id, this.watched.watch());
    await this.watched.refresh();
  }

  private end(operations: Operation[]): void {
    for (const operation of operations) {
      const stop = this.followed.get(operation.id);
      if (stop && operation.state !== 'running') {
        this.followed.delete(operation.id);
        stop();
        if (operation.state === 'succeeded') {
          this.open(String(operation.result.report_id), operation.subject);
        } else if (operation.error) {
          Notification.error(operation.error.detail, { autoClose: 8000 });
        }
      }
    }
  }

  private readonly followed = new Map<string, () => void>();
}

function byEndpoint(reports: DriftReport[], operations: Operation[], there: ReadonlySet<string>): IWatched[] {
  const names = [...new Set([...reports.map(one => one.endpoint), ...operations.map(one => one.subject)])];
  return names
    .map(endpoint => {
      const own = reports.filter(report => report.endpoint === endpoint);
      const last = operations.find(operation => operation.subject === endpoint);
      return {
        endpoint,
        there: there.has(endpoint),
        reports: own,
        last: last?.state === 'running' || last?.state === 'failed' ? last : null
      };
    })
    .filter(({ reports: own, last }) => own.length || last)
    .sort((a, b) => a.endpoint.localeCompare(b.endpoint));
}
