import type { Schemas } from '../api/request';
import type { Resource } from '../common/resource';
import { Store } from '../common/store';
import type { IWorkbench } from '../common/tokens';
import { compareRuns, listExperiments, listRuns, type Comparison, type Experiment, type Run } from './api';
import type { IExperiments, IRunAction } from './tokens';

const LATEST = 4;
const AT_ONCE = 200;

/** An experiment and its newest runs. */
export interface ILatest {
  experiment: Experiment;
  runs: Run[];
  more: boolean;
}

/** The runs of one experiment, with those that are ticked. */
export class RunsModel {
  constructor(
    private readonly workbench: IWorkbench,
    readonly experimentId: string
  ) {
    this.runs = workbench.resource(['experiments'], background => this.load(background));
  }

  readonly runs: Resource<Schemas['RunPage']>;
  readonly ticked = new Store<readonly string[]>([]);

  tick(runId: string): void {
    const before = this.ticked.get();
    this.ticked.set(before.includes(runId) ? before.filter(id => id !== runId) : [...before, runId]);
  }

  /** Show the next older runs too. */
  async more(): Promise<void> {
    this.wanted += AT_ONCE;
    await this.runs.refresh();
  }

  private async load(background: boolean): Promise<Schemas['RunPage']> {
    const { api } = this.workbench;
    const runs: Run[] = [];
    let page: string | null = null;
    do {
      const next: Schemas['RunPage'] = await listRuns(api, this.experimentId, {
        limit: AT_ONCE,
        page: page ?? undefined,
        background
      });
      runs.push(...next.runs);
      page = next.next_page;
    } while (page && runs.length < this.wanted);
    return { runs, next_page: page };
  }

  private wanted = AT_ONCE;
}

/** What the page knows of experiments. */
export class ExperimentsModel implements IExperiments {
  constructor(private readonly workbench: IWorkbench) {
    this.latest = workbench.resource(['experiments'], background => this.loadLatest(background));
  }

  readonly latest: Resource<ILatest[]>;
  readonly actions = new Store<readonly IRunAction[]>([]);

  addRunAction(action: IRunAction): void {
    this.actions.set([...this.actions.get(), action]);
  }

  runsOf(experimentId: string): RunsModel {
    return new RunsModel(this.workbench, experimentId);
  }

  /** The experiments that have something in them, as things stand now. */
  async experiments(): Promise<Experiment[]> {
    return (await this.loadLatest(false)).map(({ experiment }) => experiment);
  }

  comparison(runIds: string[]): Resource<Comparison> {
    return this.workbench.resource(['experiments'], () => compareRuns(this.workbench.api, runIds), {
      poll: false
    });
  }

  private async loadLatest(background: boolean): Promise<ILatest[]> {
    const { api } = this.workbench;
    const experiments = await listExperiments(api, background);
    const latest = await Promise.all(
      experiments.map(async experiment => {
        const page = await listRuns(api, experiment.experiment_id, { limit: LATEST, background });
        return { experiment, runs: page.runs, more: page.next_page !== null };
      })
    );
    // MLflow makes its experiment 0, "Default", by itself: while it is empty it is nobody's.
    return latest.filter(({ experiment, runs }) => runs.length || experiment.experiment_id !== '0');
  }
}
