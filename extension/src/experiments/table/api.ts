import { pathOf, type Api, type Schemas } from '../../api/request';
import type { Operation } from '../../common/operation';

export type TableQuery = Required<Schemas['TableQuery']>;
export type TableWindow = Schemas['TableWindow'];
export type TableRow = Schemas['TableRow'];
export type Group = Schemas['Group'];
export type Spread = Schemas['Spread'];
export type Column = Schemas['Column'];
export type Sort = Required<Schemas['Sort']>;
export type BulkChange = Schemas['BulkChange'];
export type Aggregate = Schemas['TableQuery']['aggregates'] extends Record<string, infer A> | undefined
  ? A
  : never;
export type Cell = TableRow['cells'][number] | Group['cells'][number];

/** Rows (or groups) of the table from `offset` on. */
export const getWindow = (
  api: Api,
  experimentId: string,
  query: TableQuery,
  part: { offset: number; limit: number; background: boolean }
): Promise<TableWindow> =>
  api.json(`experiments/${pathOf(experimentId)}/table`, {
    query: { q: JSON.stringify(query), offset: part.offset, limit: part.limit },
    background: part.background
  });

/** The table, or the part of it that the query finds, as a file. */
export const exportTable = (api: Api, experimentId: string, wanted: Schemas['TableExport']): Promise<Blob> =>
  api.blob(`experiments/${pathOf(experimentId)}/table/export`, { query: { q: JSON.stringify(wanted) } });

export const changeRuns = (api: Api, change: BulkChange): Promise<Operation> =>
  api.json('experiments/runs/bulk', { method: 'POST', body: change });

export const getRun = (api: Api, runId: string, background = false): Promise<Schemas['RunDetail']> =>
  api.json(`experiments/runs/${pathOf(runId)}`, { background });
