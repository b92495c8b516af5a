import { pathOf, type Api, type Schemas } from '../../api/request';
import type { Endpoint, Operation } from '../api';

export type Promotion = Schemas['Promotion'];
export type Prediction = Schemas['Prediction'];
export type LoggedPrediction = Schemas['LoggedPrediction'];
export type Example = Schemas['Example'];
export type Column = Schemas['SignatureColumn'];
export type Figures = Schemas['Figures'];
export type Consumer = Schemas['Consumer'];
export type EndpointSettings = Schemas['EndpointSettings'];
export type LogSettings = Schemas['LogSettings'];
export type VersionTraffic = Schemas['VersionTraffic'];
export type Lineage = Schemas['Lineage'];
export type VersionOrigin = Schemas['VersionOrigin'];
export type ServedRun = Schemas['ServedRun'];
export type ReadinessCard = Schemas['ReadinessCard'];

const at = (name: string, ...verb: string[]): string => `serving/endpoints/${pathOf(name, ...verb)}`;

export const getHistory = (api: Api, name: string, background: boolean): Promise<Promotion[]> =>
  api.json(at(name, 'promotions'), { background });

export const getLog = (api: Api, name: string, background: boolean): Promise<LoggedPrediction[]> =>
  api.json(at(name, 'log'), { query: { limit: 20 }, background });

export const getExample = (api: Api, name: string, background: boolean): Promise<Example> =>
  api.json(at(name, 'example'), { background });

export const getFigures = (api: Api, name: string, background: boolean): Promise<Figures> =>
  api.json(at(name, 'figures'), { background });

export const getLineage = (api: Api, name: string, background: boolean): Promise<Lineage> =>
  api.json(at(name, 'lineage'), { background });

export const getReadiness = (api: Api, operation: string): Promise<ReadinessCard> =>
  api.json(`serving/promotions/${pathOf(operation)}/readiness`);

export const predict = (api: Api, name: string, body: Schemas['Predict']): Promise<Prediction> =>
  api.json(at(name, 'predict'), { method: 'POST', body });

export const sendFeedback = (api: Api, name: string, body: Schemas['Feedback']): Promise<void> =>
  api.json(at(name, 'feedback'), { method: 'POST', body });

export const rollBack = (api: Api, name: string, body: Schemas['Rollback']): Promise<Operation> =>
  api.json(at(name, 'rollback'), { method: 'POST', body });

export const promoteVersion = (api: Api, name: string, body: Schemas['Promote']): Promise<Operation> =>
  api.json(at(name, 'promotions'), { method: 'POST', body });

export const setTraffic = (api: Api, name: string, body: Schemas['SetTraffic']): Promise<Operation> =>
  api.json(at(name, 'traffic'), { method: 'PUT', body });

export const setSettings = (api: Api, name: string, body: Schemas['SetSettings']): Promise<Endpoint> =>
  api.json(at(name, 'settings'), { method: 'PUT', body });

export const listConsumers = (api: Api, name: string, background: boolean): Promise<Consumer[]> =>
  api.json(at(name, 'consumers'), { background });

export const newConsumer = (
  api: Api,
  name: string,
  body: Schemas['NewConsumer']
): Promise<Schemas['ConsumerToken']> => api.json(at(name, 'consumers'), { method: 'POST', body });

export const revokeConsumer = (api: Api, name: string, consumer: string): Promise<Consumer> =>
  api.json(at(name, 'consumers', consumer), { method: 'DELETE' });

/** Where the endpoint's own page about itself is: HTML without script. */
export const docsOf = (name: string): string => at(name, 'docs');

/** The endpoints that serve a run's model, or did. */
export const endpointsOf = (api: Api, runId: string, background: boolean): Promise<ServedRun[]> =>
  api.json(`serving/runs/${pathOf(runId)}/endpoints`, { background });
