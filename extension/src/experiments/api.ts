import { pathOf, type Api, type Schemas } from '../api/request';

export type Experiment = Schemas['Experiment'];
export type Run = Schemas['Run'];
export type Comparison = Schemas['Comparison'];
export type ComparisonRow = Schemas['ComparisonRow'];
export type Curve = Schemas['Curve'];

export const listExperiments = (api: Api, background: boolean): Promise<Experiment[]> =>
  api.json('experiments', { background });

export const listRuns = (
  api: Api,
  experimentId: string,
  options: { limit?: number; page?: string; background?: boolean }
): Promise<Schemas['RunPage']> =>
  api.json(`experiments/${pathOf(experimentId)}/runs`, {
    query: { limit: options.limit, page: options.page },
    background: options.background
  });

export const compareRuns = (api: Api, runIds: string[]): Promise<Comparison> =>
  api.json('experiments/compare', { method: 'POST', body: { run_ids: runIds } satisfies Schemas['Compare'] });
