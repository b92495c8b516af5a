import { pathOf, type Api, type Schemas } from '../api/request';

export type Endpoint = Schemas['Endpoint'];
export type Operation = Schemas['Operation'];
export type RegisteredModel = Schemas['RegisteredModel'];
export type Registered = Schemas['Registered'];

const at = (name: string, verb = ''): string => `serving/endpoints/${pathOf(name)}${verb && `/${verb}`}`;

export const listEndpoints = (api: Api, background: boolean): Promise<Endpoint[]> =>
  api.json('serving/endpoints', { background });

export const getEndpoint = (api: Api, name: string, background: boolean): Promise<Endpoint> =>
  api.json(at(name), { background });

export const lastPromotions = (api: Api, name: string, background: boolean): Promise<Operation[]> =>
  api.json('operations', { query: { kind: 'serving.promote', subject: name, limit: 1 }, background });

export const listModels = (api: Api): Promise<RegisteredModel[]> => api.json('serving/models');

export const register = (api: Api, body: Schemas['Register']): Promise<Registered> =>
  api.json('serving/models', { method: 'POST', body });

/** The experiment of an endpoint's run; empty where the run is gone. */
export const experimentOf = async (api: Api, runId: string): Promise<string> => {
  try {
    const { run }: Schemas['RunDetail'] = await api.json(`experiments/runs/${pathOf(runId)}`);
    return run.experiment_id;
  } catch {
    return '';
  }
};

export const setRunning = (api: Api, endpoint: Endpoint, running: boolean): Promise<Endpoint> =>
  api.json(at(endpoint.name, running ? 'start' : 'stop'), {
    method: 'POST',
    body: { expected_revision: endpoint.revision } satisfies Schemas['Expected']
  });

export const deleteEndpoint = (api: Api, endpoint: Endpoint): Promise<void> =>
  api.json(at(endpoint.name), { method: 'DELETE', query: { expected_revision: endpoint.revision } });
