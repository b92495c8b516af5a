import { RequestError } from '../../api/request';
import { inPython, literal, python } from '../../common/code';
import type { IWorkbench } from '../../common/tokens';
import { exportTable, type TableQuery } from './api';
import type { RunsTable } from './model';

/** So many ticked runs can be named in a filter. */
export const NAMED = 100;

/** The question that finds what is to be exported: the ticked runs, else all that the table finds. */
export function exported(model: RunsTable): TableQuery {
  const ticked = [...model.ticked.get().keys()];
  const query = { ...model.question(), columns: [], group_by: null };
  return ticked.length === 0
    ? query
    : {
        ...query,
        words: '',
        within: {},
        lifecycle: 'all' as const,
        filter: `attributes.run_id IN (${ticked.map(id => `'${id}'`).join(', ')})`
      };
}

/** Save the table as a file. */
export async function download(
  workbench: IWorkbench,
  model: RunsTable,
  name: string,
  format: 'csv' | 'parquet'
): Promise<void> {
  const ticked = model.ticked.get().size;
  if (ticked > NAMED) {
    throw new RequestError(
      0,
      'page',
      workbench.trans.__(
        'A file has all runs that the table finds, or at most %1 ticked ones. Untick them and filter instead.',
        NAMED
      )
    );
  }
  const file = await exportTable(workbench.api, model.experimentId, { query: exported(model), format });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `${name.replace(/[^\p{L}\p{N}._ -]+/gu, '_').slice(0, 80) || 'runs'}.${format}`;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The cell that gives the same runs as a DataFrame. */
export function dataFrameCode(model: RunsTable, name: string): string {
  const ticked = [...model.ticked.get().keys()];
  const { filter, words, sort, within, lifecycle } = model.question();
  const given = (ticked.length ? ['lifecycle="all"'] : []).concat(
    ticked.length
      ? []
      : [
          filter ? `filter=${literal(filter)}` : '',
          words ? `words=${literal(words)}` : '',
          sort.length
            ? `sort=${python(sort.map(({ key, descending }) => (descending ? '-' : '') + key))}`
            : '',
          Object.keys(within).length ? `within=${python(within)}` : '',
          lifecycle === 'active' ? '' : `lifecycle=${literal(lifecycle)}`
        ].filter(Boolean)
  );
  const lines = [
    `runs = lw.experiments.search_runs(${[literal(name), ...given].join(', ')})`,
    ticked.length ? `runs = runs[runs["run_id"].isin(${python(ticked)})]` : '',
    'runs'
  ];
  return inPython(lines.filter(Boolean).join('\n'));
}
