import type { Api, Schemas } from '../../api/request';

export type Comparison = Schemas['Comparison'];
export type ComparisonRow = Schemas['ComparisonRow'];
export type Run = Schemas['Run'];
export type CurveWindow = Schemas['CurveWindow'];
export type CurveSeries = Schemas['CurveSeries'];
export type Differences = Schemas['Differences'];
export type LoggedFile = Schemas['LoggedFile'];
export type LoggedFiles = Schemas['LoggedFiles'];
export type LoggedTable = Schemas['LoggedTable'];
export type Axis = Schemas['Axis'];

/** The most runs that are compared at once. */
export const MOST_RUNS = 100;

/** What of a metric's curves is wanted. */
export interface IWanted {
  runs: readonly string[];
  metric: string;
  axis: Axis;
  low?: number;
  high?: number;
  points: number;
  smoothing: number;
  logX: boolean;
}

/** Runs side by side, without their curves: those come chart by chart. */
export const compareRuns = (api: Api, runIds: readonly string[]): Promise<Comparison> =>
  api.json('experiments/compare', {
    method: 'POST',
    body: { run_ids: runIds.slice(0, MOST_RUNS), points: 0 } satisfies Schemas['Compare']
  });

export const curvesOf = (api: Api, wanted: IWanted): Promise<CurveWindow> =>
  api.json('experiments/differences/curves', {
    background: true,
    query: {
      run: wanted.runs,
      metric: wanted.metric,
      axis: wanted.axis,
      low: wanted.low,
      high: wanted.high,
      points: wanted.points,
      smoothing: wanted.smoothing,
      log_x: wanted.logX
    }
  });

export const differencesOf = (api: Api, base: string, other: string, fold: boolean): Promise<Differences> =>
  api.json('experiments/differences/parts', { background: true, query: { base, other, fold } });

export const filesOf = (api: Api, runs: readonly string[]): Promise<LoggedFiles> =>
  api.json('experiments/differences/files', { background: true, query: { run: runs } });

export const tableOf = (api: Api, run: string, path: string): Promise<LoggedTable> =>
  api.json('experiments/differences/table', { background: true, query: { run, path } });

/** An image that a run logged. */
export const fileOf = (api: Api, run: string, path: string): Promise<Blob> =>
  api.blob('experiments/differences/file', { background: true, query: { run, path } });
