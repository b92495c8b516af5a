import { pathOf, type Api, type Schemas } from '../api/request';

export type DriftReport = Schemas['DriftReport'];
export type ColumnDrift = Schemas['ColumnDrift'];
export type MakeReport = Required<Schemas['MakeReport']>;

export const listReports = (api: Api, background: boolean): Promise<DriftReport[]> =>
  api.json('drift/reports', { background });

export const getReport = (api: Api, id: string, background: boolean): Promise<DriftReport> =>
  api.json(`drift/reports/${pathOf(id)}`, { background });

/** Evidently's own page. It runs script that the data may have written: only for a sandbox. */
export const getPage = (api: Api, id: string): Promise<string> =>
  api.text(`drift/reports/${pathOf(id)}/page`);

export const makeReport = (api: Api, body: MakeReport): Promise<Schemas['Operation']> =>
  api.json('drift/reports', { method: 'POST', body: body satisfies Schemas['MakeReport'] });

export const listEndpoints = (api: Api, background = false): Promise<Schemas['Endpoint'][]> =>
  api.json('serving/endpoints', { background });
