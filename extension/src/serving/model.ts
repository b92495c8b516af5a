import { RequestError, type Schemas } from '../api/request';
import type { Resource } from '../common/resource';
import { Store } from '../common/store';
import type { IWorkbench } from '../common/tokens';
import {
  deleteEndpoint,
  experimentOf,
  getEndpoint,
  getExample,
  getHistory,
  getLog,
  lastPromotions,
  listEndpoints,
  listModels,
  predict,
  promote,
  register,
  setRunning,
  type Endpoint,
  type Example,
  type LoggedPrediction,
  type Operation,
  type Prediction,
  type Promotion,
  type Registered,
  type RegisteredModel
} from './api';
import type { IEndpointAction, IServing } from './tokens';
import { nameFor } from './words';

/** Endpoints that are looked through for the one of an experiment. */
const MOST_ASKED = 20;

/** An endpoint, or the promotion that came to nothing where there is none. */
export interface IStanding {
  endpoint: Endpoint | null;
  operation: Operation | null;
}

/** All that an endpoint's tab shows. */
export class EndpointModel {
  constructor(
    private readonly workbench: IWorkbench,
    readonly name: string
  ) {
    const { api } = workbench;
    this.standing = workbench.resource(['serving'], background => this.load(background));
    this.history = workbench.resource(['serving'], background => getHistory(api, name, background));
    this.log = workbench.resource(['serving'], background => getLog(api, name, background));
    this.example = workbench.resource(['serving'], background => getExample(api, name, background));
  }

  readonly standing: Resource<IStanding>;
  readonly history: Resource<Promotion[]>;
  readonly log: Resource<LoggedPrediction[]>;
  readonly example: Resource<Example>;

  async setRunning(endpoint: Endpoint, running: boolean): Promise<void> {
    const after = await setRunning(this.workbench.api, endpoint, running);
    this.standing.set({ endpoint: after, operation: after.operation });
  }

  async delete(endpoint: Endpoint): Promise<void> {
    await deleteEndpoint(this.workbench.api, endpoint);
    this.standing.set({ endpoint: null, operation: null });
  }

  async predict(columns: string[], row: unknown[]): Promise<Prediction> {
    const prediction = await predict(this.workbench.api, this.name, { columns, data: [row] });
    void this.log.refresh(true);
    return prediction;
  }

  private async load(background: boolean): Promise<IStanding> {
    const { api } = this.workbench;
    try {
      const endpoint = await getEndpoint(api, this.name, background);
      return { endpoint, operation: endpoint.operation };
    } catch (error) {
      if (!(error instanceof RequestError && error.status === 404)) {
        throw error;
      }
      const [operation] = await lastPromotions(api, this.name, background);
      return { endpoint: null, operation: operation ?? null };
    }
  }
}

/** What the page knows of endpoints. */
export class ServingModel implements IServing {
  constructor(private readonly workbench: IWorkbench) {
    this.endpoints = workbench.resource(['serving'], background => listEndpoints(workbench.api, background));
  }

  readonly endpoints: Resource<Endpoint[]>;
  readonly actions = new Store<readonly IEndpointAction[]>([]);

  addEndpointAction(action: IEndpointAction): void {
    this.actions.set([...this.actions.get(), action]);
  }

  endpoint(name: string): EndpointModel {
    return new EndpointModel(this.workbench, name);
  }

  /** The endpoints as they stand now. */
  list(): Promise<Endpoint[]> {
    return listEndpoints(this.workbench.api, false);
  }

  /** Those that answer, or will. */
  async live(background: boolean): Promise<Endpoint[]> {
    const endpoints = await listEndpoints(this.workbench.api, background);
    return endpoints.filter(({ state }) => state === 'ready' || state === 'starting');
  }

  async stop(endpoint: Endpoint): Promise<void> {
    try {
      await setRunning(this.workbench.api, endpoint, false);
    } finally {
      await this.endpoints.refresh();
    }
  }

  async stopAll(): Promise<void> {
    await Promise.all((await this.live(false)).map(endpoint => this.stop(endpoint)));
  }

  /** Start a promotion. `over` is the endpoint that the person saw, if there was one: nobody is overrun unseen. */
  promote(name: string, runId: string, model: string | null, over: Endpoint | undefined): Promise<Operation> {
    return promote(this.workbench.api, name, {
      run_id: runId,
      ...(model ? { model } : {}),
      ...(over ? { expected_revision: over.revision } : {})
    });
  }

  /** The registered models as they are now. */
  registered(): Promise<RegisteredModel[]> {
    return listModels(this.workbench.api);
  }

  register(runId: string, name: string, model: string | null): Promise<Registered> {
    return register(this.workbench.api, { run_id: runId, name, ...(model ? { model } : {}) });
  }

  /** Where a run's model likely goes: to the endpoint of its experiment, else to a name that is free. */
  async suggestion(run: Schemas['Run']): Promise<string> {
    const [endpoints, registered] = await Promise.all([this.list(), this.registered()]);
    const runs = endpoints.slice(0, MOST_ASKED).map(({ live }) => live?.run_id);
    const experiments = await Promise.all(
      runs.map(id => (id ? experimentOf(this.workbench.api, id) : undefined))
    );
    const own = endpoints[experiments.indexOf(run.experiment_id)];
    const wish = nameFor(run.experiment);
    let name = own?.name ?? wish;
    // A registered model that is no endpoint's would be refused.
    const taken = new Set(registered.filter(one => !one.endpoint).map(one => one.name));
    for (let next = 2; taken.has(name); next += 1) {
      name = `${wish.slice(0, 36)}-${next}`;
    }
    return name;
  }
}
