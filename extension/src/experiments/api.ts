import type { Api, Schemas } from '../api/request';

export type Experiment = Schemas['Experiment'];
export type Overview = Schemas['Overview'];
export type Tracking = Schemas['Tracking'];
export type Run = Schemas['Run'];
export type Comparison = Schemas['Comparison'];
export type ComparisonRow = Schemas['ComparisonRow'];
export type Curve = Schemas['Curve'];

export const getOverview = (api: Api, background: boolean): Promise<Overview[]> =>
  api.json('experiments/overview', { background });

export const compareRuns = (api: Api, runIds: string[]): Promise<Comparison> =>
  api.json('experiments/compare', { method: 'POST', body: { run_ids: runIds } satisfies Schemas['Compare'] });

/** Where kernels log to, and the remote server behind it. */
export const getTracking = (api: Api, background: boolean): Promise<Tracking> =>
  api.json('experiments/tracking', { background });
