import type { IStateDB } from '@jupyterlab/statedb';

import type { Resource } from '../common/resource';
import { Store } from '../common/store';
import type { IWorkbench } from '../common/tokens';
import { getOverview, getTracking, type Experiment, type Overview, type Tracking } from './api';
import { RunsTable } from './table/model';
import type { IExperiments, IPlace, IRunAction, IRunPart } from './tokens';

/** What the page knows of experiments. */
export class ExperimentsModel implements IExperiments {
  constructor(
    private readonly workbench: IWorkbench,
    private readonly states: IStateDB | null
  ) {
    this.tracking = workbench.resource([], background => getTracking(workbench.api, background), {
      poll: false
    });
    this.latest = workbench.resource(['experiments'], background => getOverview(workbench.api, background));
  }

  /** Which server keeps the runs; it changes with the service only. */
  readonly tracking: Resource<Tracking>;
  readonly latest: Resource<Overview[]>;
  readonly actions = new Store<readonly IRunAction[]>([]);
  readonly parts = new Store<readonly IRunPart[]>([]);
  /** The ways to a run and to its notebook; the plugin gives them. */
  openRun: (runId: string) => Promise<void> = async () => undefined;
  openNotebook: (place: IPlace) => Promise<void> = async () => undefined;
  restore: (runId: string) => Promise<void> = async () => undefined;

  addRunAction(action: IRunAction): void {
    this.actions.set([...this.actions.get(), action]);
  }

  addRunPart(part: IRunPart): void {
    this.parts.set([...this.parts.get(), part]);
  }

  /** The table of an experiment's runs: one, however often its tab is closed and opened. */
  tableOf(experimentId: string): RunsTable {
    const found = this.tables.get(experimentId) ?? new RunsTable(this.workbench, this.states, experimentId);
    this.tables.set(experimentId, found);
    return found;
  }

  /** The experiments that have something in them, as things stand now. */
  async experiments(): Promise<Experiment[]> {
    return (await getOverview(this.workbench.api, false)).map(({ experiment }) => experiment);
  }

  private readonly tables = new Map<string, RunsTable>();
}
