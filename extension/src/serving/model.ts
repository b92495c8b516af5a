import type { IStateDB } from '@jupyterlab/statedb';

import type { Schemas } from '../api/request';
import type { Resource } from '../common/resource';
import { Store } from '../common/store';
import type { IWorkbench } from '../common/tokens';
import {
  experimentOf,
  listEndpoints,
  listModels,
  register,
  setRunning,
  type Endpoint,
  type Registered,
  type RegisteredModel
} from './api';
import { getFigures } from './endpoint/api';
import { Folds } from './endpoint/fold';
import { EndpointModel } from './endpoint/model';
import type { IEndpointAction, IServing } from './tokens';
import { nameFor } from './words';

/** Endpoints that are looked through for the one of an experiment, and for how much they are asked. */
const MOST_ASKED = 20;

/** What the page knows of endpoints. */
export class ServingModel implements IServing {
  constructor(
    private readonly workbench: IWorkbench,
    states: IStateDB | null
  ) {
    this.folds = new Folds(states);
    this.rates = workbench.resource(['serving'], background => this.rate(background));
    this.endpoints = workbench.resource(['serving'], background => listEndpoints(workbench.api, background));
  }

  readonly endpoints: Resource<Endpoint[]>;
  /** Requests per second over the last half minute, by endpoint. */
  readonly rates: Resource<Record<string, number>>;
  readonly folds: Folds;
  /** The operation that the person began last in this page: its progress comes into view. */
  readonly begun = new Store<string | null>(null);
  readonly actions = new Store<readonly IEndpointAction[]>([]);

  addEndpointAction(action: IEndpointAction): void {
    this.actions.set([...this.actions.get(), action]);
  }

  endpoint(name: string): EndpointModel {
    return new EndpointModel(this.workbench, name, this.begun);
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

  /** The registered models as they are now. */
  registered(): Promise<RegisteredModel[]> {
    return listModels(this.workbench.api);
  }

  register(runId: string, name: string, model: string | null): Promise<Registered> {
    return register(this.workbench.api, { run_id: runId, name, ...(model ? { model } : {}) });
  }

  private async rate(background: boolean): Promise<Record<string, number>> {
    const { api } = this.workbench;
    const ready = (await listEndpoints(api, background)).filter(({ state }) => state === 'ready');
    const rates = await Promise.all(
      ready
        .slice(0, MOST_ASKED)
        .map(async ({ name }): Promise<[string, number][]> => {
          const { requests } = await getFigures(api, name, background);
          const last = requests.slice(-6);
          return [[name, last.reduce((sum, one) => sum + one, 0) / last.length]];
        })
        .map(found => found.catch(() => [])) // one that does not answer now has no figure
    );
    return Object.fromEntries(rates.flat());
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
