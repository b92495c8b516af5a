import { RequestError, type Schemas } from '../../api/request';
import type { Resource } from '../../common/resource';
import type { Store } from '../../common/store';
import type { IWorkbench } from '../../common/tokens';
import {
  deleteEndpoint,
  getEndpoint,
  lastPromotions,
  setRunning,
  type Endpoint,
  type Operation
} from '../api';
import {
  getExample,
  getFigures,
  getHistory,
  getLineage,
  getLog,
  getReadiness,
  listConsumers,
  newConsumer,
  predict,
  promoteVersion,
  revokeConsumer,
  rollBack,
  sendFeedback,
  setSettings,
  setTraffic,
  type Consumer,
  type EndpointSettings,
  type Example,
  type Figures,
  type Lineage,
  type LoggedPrediction,
  type Prediction,
  type Promotion,
  type ReadinessCard
} from './api';

/** Seconds between two looks at what moves: figures, and how the versions stand. */
const LIVELY = 5;

/** An endpoint, or the promotion that came to nothing where there is none. */
export interface IStanding {
  endpoint: Endpoint | null;
  operation: Operation | null;
}

/** All that an endpoint's tab shows. Each part is asked for only while it is open and on the screen. */
export class EndpointModel {
  constructor(
    private readonly workbench: IWorkbench,
    readonly name: string,
    /** The operation that the person began last. */
    readonly begun: Store<string | null>
  ) {
    const { api } = workbench;
    const lively = { poll: true, seconds: LIVELY };
    this.standing = workbench.resource(
      ['serving', 'operations'],
      background => this.load(background),
      lively
    );
    this.figures = workbench.resource(['serving'], background => getFigures(api, name, background), lively);
    this.history = workbench.resource(['serving'], background => getHistory(api, name, background));
    this.log = workbench.resource(['serving'], background => getLog(api, name, background), lively);
    this.example = workbench.resource(['serving'], background => getExample(api, name, background));
    this.lineage = workbench.resource(['serving'], background => getLineage(api, name, background));
    this.consumers = workbench.resource(['serving'], background => listConsumers(api, name, background));
  }

  readonly standing: Resource<IStanding>;
  readonly figures: Resource<Figures>;
  readonly history: Resource<Promotion[]>;
  readonly log: Resource<LoggedPrediction[]>;
  readonly example: Resource<Example>;
  readonly lineage: Resource<Lineage>;
  readonly consumers: Resource<Consumer[]>;

  async setRunning(endpoint: Endpoint, running: boolean): Promise<void> {
    const after = await setRunning(this.workbench.api, endpoint, running);
    this.standing.set({ endpoint: after, operation: after.operation });
  }

  async delete(endpoint: Endpoint): Promise<void> {
    await deleteEndpoint(this.workbench.api, endpoint);
    this.standing.set({ endpoint: null, operation: null });
  }

  async predict(body: Schemas['Predict']): Promise<Prediction> {
    const prediction = await predict(this.workbench.api, this.name, body);
    void this.log.refresh(true);
    void this.figures.refresh(true);
    return prediction;
  }

  feedback(request: string, outcome: unknown): Promise<void> {
    return sendFeedback(this.workbench.api, this.name, { request_id: request, outcome });
  }

  /** Back to the version before, or to the one that is named. Whoever changed the endpoint meanwhile is not overrun. */
  async rollBack(endpoint: Endpoint, version: string, reason: string): Promise<void> {
    const begun = rollBack(this.workbench.api, this.name, {
      version,
      reason: reason.trim() || null,
      expected_revision: endpoint.revision
    });
    await this.follow(begun);
  }

  /** Promote a version that is here already. */
  async makeLive(endpoint: Endpoint, version: string): Promise<void> {
    const begun = promoteVersion(this.workbench.api, this.name, {
      version,
      ask: 'warnings',
      expected_revision: endpoint.revision
    });
    await this.follow(begun);
  }

  async setTraffic(
    endpoint: Endpoint,
    weights: Record<string, number>,
    shadow: string | null,
    reason: string
  ): Promise<void> {
    const begun = setTraffic(this.workbench.api, this.name, {
      weights,
      shadow,
      reason: reason.trim() || null,
      expected_revision: endpoint.revision
    });
    await this.follow(begun);
  }

  /** Save the settings; who saved meanwhile is not overrun: then this throws a 409 and the newer state is there. */
  async setSettings(revision: number, settings: EndpointSettings): Promise<Endpoint> {
    try {
      const endpoint = await setSettings(this.workbench.api, this.name, {
        settings,
        expected_revision: revision
      });
      this.standing.set({ endpoint, operation: endpoint.operation });
      return endpoint;
    } catch (error) {
      if (error instanceof RequestError && error.status === 409) {
        // Not `refresh`: a look that began meanwhile would leave the older state here for a moment.
        this.standing.set(await this.load(false));
      }
      throw error;
    }
  }

  /** Make a token. It is in this answer only. */
  async newConsumer(name: string): Promise<string> {
    const { token } = await newConsumer(this.workbench.api, this.name, { name });
    void this.consumers.refresh();
    return token;
  }

  async revoke(consumer: string): Promise<void> {
    await revokeConsumer(this.workbench.api, this.name, consumer);
    await this.consumers.refresh();
  }

  readiness(operation: string): Promise<ReadinessCard> {
    return getReadiness(this.workbench.api, operation);
  }

  private async follow(begun: Promise<Operation>): Promise<void> {
    this.begun.set((await begun).id);
    await this.standing.refresh();
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
