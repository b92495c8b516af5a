import React, { type ReactElement } from 'react';

import { Badge } from '../common/badge';
import { number } from '../common/format';
import { Histogram, HistogramLegend } from '../common/histogram';
import { Table, type IColumn } from '../common/table';
import { useWorkbench } from '../common/widget';
import type { ColumnDrift, DriftReport } from './api';
import { remarks } from './words';

/** The columns of a report, drifted first, and what to know besides. */
export function DriftView({ report }: { report: DriftReport }): ReactElement {
  const { trans } = useWorkbench();
  const words = remarks(report, trans);
  return (
    <>
      <div className="lw-Drift">
        {report.columns.some(column => column.histogram) ? <HistogramLegend /> : null}
        <Table
          label={trans.__('Columns of the drift report')}
          columns={useColumns()}
          // Two columns of one name are possible in data that nobody checked.
          rows={report.columns.map((column, index) => ({ ...column, key: `${index}:${column.name}` }))}
          keyOf={column => column.key}
        />
      </div>
      {words.length ? (
        <ul className="lw-Remarks" aria-label={trans.__('Remarks')}>
          {words.map((line, index) => (
            <li key={index}>{line}</li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

function useColumns(): IColumn<ColumnDrift & { key: string }>[] {
  const { trans } = useWorkbench();
  // Three digits, but never fewer than stand before the point: 1,018 and 1,019 differ.
  const digits = (value: number): number =>
    Math.abs(value) >= 1000 && Math.abs(value) < 1e7 ? Math.round(value) : Number(value.toPrecision(3));
  const short = (value: number | null): string => number(value === null ? null : digits(value), '');
  return [
    {
      id: 'name',
      label: trans.__('Column'),
      sort: column => column.name,
      cell: column => (
        <span className="lw-Cell lw-strong" title={column.name}>
          {column.name}
        </span>
      )
    },
    {
      id: 'drifted',
      label: trans.__('Verdict'),
      sort: column => Number(!column.drifted),
      cell: column =>
        column.drifted ? (
          <Badge tone="bad" text={trans.__('drifted')} />
        ) : (
          <Badge tone="good" text={trans.__('same')} />
        )
    },
    {
      id: 'score',
      label: trans.__('Score'),
      numeric: true,
      sort: column => column.score,
      cell: column => <span title={column.method}>{short(column.score) || trans.__('n/a')}</span>
    },
    { id: 'threshold', label: trans.__('Threshold'), numeric: true, cell: column => short(column.threshold) },
    {
      id: 'before',
      label: trans.__('Mean before'),
      numeric: true,
      sort: column => column.reference_mean,
      cell: column => short(column.reference_mean)
    },
    {
      id: 'now',
      label: trans.__('Mean now'),
      numeric: true,
      sort: column => column.current_mean,
      cell: column => short(column.current_mean)
    },
    {
      id: 'histogram',
      label: trans.__('Distribution'),
      cell: column => (column.histogram ? <Histogram histogram={column.histogram} /> : null)
    },
    {
      id: 'method',
      label: trans.__('Method'),
      sort: column => column.method,
      cell: column => (
        <span className="lw-Cell lw-quiet" title={column.method}>
          {column.method}
        </span>
      )
    }
  ];
}
