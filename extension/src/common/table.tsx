import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import React, { useMemo, useState, type ReactElement, type ReactNode } from 'react';

/** A column of a table. */
export interface IColumn<R> {
  id: string;
  label: string;
  /** What the column sorts by; without it the column does not sort. */
  sort?: (row: R) => string | number | null;
  cell: (row: R) => ReactNode;
  numeric?: boolean;
  /** A word above the first column of a group. */
  group?: string;
}

interface ITableProps<R> {
  label: string;
  columns: IColumn<R>[];
  rows: R[];
  keyOf: (row: R) => string;
  /** Sorted so at first. */
  by?: { id: string; down: boolean };
  className?: string;
}

/** A table that sorts by click or Enter on a column's name. */
export function Table<R>({ label, columns, rows, keyOf, by, className }: ITableProps<R>): ReactElement {
  const [order, setOrder] = useState(by);
  const sorted = useMemo(() => {
    const sort = columns.find(column => column.id === order?.id)?.sort;
    return sort ? [...rows].sort((a, b) => compare(sort(a), sort(b), order!.down)) : rows;
  }, [rows, columns, order]);
  const turn = (column: IColumn<R>): void =>
    setOrder({ id: column.id, down: order?.id === column.id ? !order.down : !!column.numeric });

  return (
    <div className={`lw-Table ${className ?? ''}`} role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(column => (
              <th
                key={column.id}
                scope="col"
                className={column.numeric ? 'lw-mod-numeric' : undefined}
                aria-sort={order?.id === column.id ? (order.down ? 'descending' : 'ascending') : undefined}
                data-group={column.group}
              >
                {column.sort ? (
                  <button type="button" onClick={() => turn(column)} title={column.label}>
                    <span>{column.label}</span>
                    {order?.id === column.id ? (
                      order.down ? (
                        <caretDownIcon.react tag="span" />
                      ) : (
                        <caretUpIcon.react tag="span" />
                      )
                    ) : null}
                  </button>
                ) : (
                  column.label
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map(row => (
            <tr key={keyOf(row)}>
              {columns.map(column => (
                <td key={column.id} className={column.numeric ? 'lw-mod-numeric' : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What is missing comes last, whichever way the column is sorted. */
function compare(a: string | number | null, b: string | number | null, down: boolean): number {
  if (a === null || b === null) {
    return Number(a === null) - Number(b === null);
  }
  const result =
    typeof a === 'number' && typeof b === 'number'
      ? a - b
      : String(a).localeCompare(String(b), undefined, { numeric: true });
  return down ? -result : result;
}
