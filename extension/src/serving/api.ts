import { pathOf, type Api, type Schemas } from '../api/request';

export type Endpoint = Schemas['Endpoint'];
export type Operation = Schemas['Operation'];
export type Promotion = Schemas['Promotion'];
export type Prediction = Schemas['Prediction'];
export type LoggedPrediction = Schemas['LoggedPrediction'];
export type Example = Schemas['Example'];
export type Column = Schemas['Column'];

const at = (name: string, verb = ''): string => `serving/endpoints/${pathOf(name)}${verb && `/${verb}`}`;

export const listEndpoints = (api: Api, background: boolean): Promise<Endpoint[]> =>
  api.json('serving/endpoints', { background });

export const getEndpoint = (api: Api, name: string, background: boolean): Promise<Endpoint> =>
  api.json(at(name), { background });

export const lastPromotions = (api: Api, name: string, background: boolean): Promise<Operation[]> =>
  api.json('operations', { query: { kind: 'serving.promote', subject: name, limit: 1 }, background });

export const promote = (api: Api, name: string, body: Schemas['Promote']): Promise<Operation> =>
  api.json(at(name, 'promotions'), { method: 'POST', body });

export const getHistory = (api: Api, name: string, background: boolean): Promise<Promotion[]> =>
  api.json(at(name, 'promotions'), { background });

export const getLog = (api: Api, name: string, background: boolean): Promise<LoggedPrediction[]> =>
  api.json(at(name, 'log'), { query: { limit: 20 }, background });

export const getExample = (api: Api, name: string, background: boolean): Promise<Example> =>
  api.json(at(name, 'example'), { background });

export const predict = (api: Api, name: string, body: Schemas['Predict']): Promise<Prediction> =>
  api.json(at(name, 'predict'), { method: 'POST', body });

export const setRunning = (api: Api, endpoint: Endpoint, running: boolean): Promise<Endpoint> =>
  api.json(at(endpoint.name, running ? 'start' : 'stop'), {
    method: 'POST',
    body: { expected_revision: endpoint.revision } satisfies Schemas['Expected']
  });

export const deleteEndpoint = (api: Api, endpoint: Endpoint): Promise<void> =>
  api.json(at(endpoint.name), { method: 'DELETE', query: { expected_revision: endpoint.revision } });
