import { useVirtualizer } from '@tanstack/react-virtual';
import React, { useMemo, useRef, type ReactElement } from 'react';

import { useWorkbench } from '../../common/widget';
import type { Comparison, ComparisonRow } from './api';
import { colourOf } from './colours';
import { costLabel, delta, filled, mainMetric, nameOf } from './words';

const COLUMN = 156;
const ROW = 30;
/** From so many runs on a run is a row: columns that differ are fewer than runs, and read better. */
export const AS_ROWS = 9;

export interface IValuesProps {
  comparison: Comparison;
  /** Place of the base among the runs. */
  base: number;
  hideSame: boolean;
  asRows: boolean;
  /** All cells are in the page, also those that are not on the screen: for what is small, as an output is. */
  whole?: boolean;
  hovered?: string | null;
  onHover?: (runId: string | null) => void;
  onBase?: (runId: string) => void;
  /** Whether a run is shown elsewhere; those that are not stand back. */
  faint?: (runId: string) => boolean;
}

interface ILine {
  key: string;
  group: string;
  row: ComparisonRow;
  label: string;
}

/** Metrics, costs and parameters of all runs: what differs is marked, the best as well, the base is what deltas are from. */
export function Values(props: IValuesProps): ReactElement {
  const { trans } = useWorkbench();
  const { comparison, hideSame, asRows } = props;
  const lines = useMemo(() => {
    const groups: [string, ComparisonRow[]][] = [
      [trans.__('Metrics'), comparison.metrics],
      [trans.__('Costs'), comparison.costs ?? []],
      [trans.__('Parameters'), comparison.params]
    ];
    const main = mainMetric(comparison);
    const first = (row: ComparisonRow): number =>
      Number(row.name === main && comparison.metrics.includes(row));
    return groups.flatMap(([group, rows]) =>
      rows
        .filter(row => row.differs || !hideSame)
        // What only one of them has says little of how they compare.
        .sort((a, b) => first(b) - first(a) || filled(b) - filled(a))
        .map((row): ILine => ({
          key: `${group} ${row.name}`,
          group,
          row,
          label: rows === comparison.costs ? costLabel(row.name, trans) : row.name
        }))
    );
  }, [comparison, hideSame, trans]);
  if (!lines.length) {
    return <p className="lw-quiet">{trans.__('Nothing differs between these runs.')}</p>;
  }
  return asRows ? <RunsAsRows {...props} lines={lines} /> : <RunsAsColumns {...props} lines={lines} />;
}

function RunsAsColumns({ lines, ...props }: IValuesProps & { lines: ILine[] }): ReactElement {
  const { trans } = useWorkbench();
  const { comparison } = props;
  return (
    <div className="lw-Table lw-Compare" role="region" aria-label={trans.__('Comparison')} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <td />
            {comparison.runs.map((run, index) => (
              <th scope="col" key={run.run_id} className={hoverClass(props, run.run_id)}>
                <RunName {...props} index={index} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line, place) => (
            <React.Fragment key={line.key}>
              {line.group === lines[place - 1]?.group ? null : (
                <tr className="lw-Compare-group">
                  <th scope="colgroup" colSpan={comparison.runs.length + 1}>
                    <span>{line.group}</span>
                  </th>
                </tr>
              )}
              <tr className={line.row.differs ? 'lw-mod-differs' : undefined}>
                <th scope="row" title={line.label}>
                  {line.label}
                  {line.row.differs ? (
                    <span className="lw-visually-hidden">{trans.__('(differs)')}</span>
                  ) : null}
                </th>
                {comparison.runs.map((run, index) => (
                  <Cell key={run.run_id} {...props} line={line} index={index} />
                ))}
              </tr>
            </React.Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A row a run; columns that are not on the screen are not in the page, however many there are. */
function RunsAsRows({ lines, ...props }: IValuesProps & { lines: ILine[] }): ReactElement {
  const { trans } = useWorkbench();
  const { comparison, whole } = props;
  const box = useRef<HTMLDivElement>(null);
  const columns = useVirtualizer({
    horizontal: true,
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => COLUMN,
    overscan: whole ? lines.length : 4
  });
  const rows = useVirtualizer({
    count: comparison.runs.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: whole ? comparison.runs.length : 10
  });
  const shown = columns.getVirtualItems();
  const before = shown[0]?.start ?? 0;
  const after = columns.getTotalSize() - (shown[shown.length - 1]?.end ?? 0);
  const down = rows.getVirtualItems();
  const pad = (width: number): ReactElement | null =>
    width > 0 ? <td aria-hidden="true" style={{ minWidth: width, padding: 0 }} /> : null;
  const spacer = (height: number): ReactElement | null =>
    height > 0 ? (
      <tr aria-hidden="true">
        <td style={{ height, padding: 0, border: 'none' }} />
      </tr>
    ) : null;
  return (
    <div
      className="lw-Table lw-Compare lw-mod-rows"
      role="region"
      aria-label={trans.__('Comparison')}
      tabIndex={0}
      ref={box}
    >
      <table aria-rowcount={comparison.runs.length + 1} aria-colcount={lines.length + 1}>
        <thead>
          <tr>
            <th scope="col" className="lw-Compare-corner">
              {trans.__('Run')}
            </th>
            {pad(before)}
            {shown.map(({ index }) => (
              <th
                scope="col"
                key={lines[index].key}
                aria-colindex={index + 2}
                title={`${lines[index].group}: ${lines[index].label}`}
                className={lines[index].row.differs ? 'lw-mod-differs' : undefined}
                style={{ minWidth: COLUMN, maxWidth: COLUMN }}
              >
                <span className="lw-Compare-kind">{lines[index].group}</span>
                <span className="lw-Compare-label">{lines[index].label}</span>
              </th>
            ))}
            {pad(after)}
          </tr>
        </thead>
        <tbody>
          {spacer(down[0]?.start ?? 0)}
          {down.map(({ index: run }) => (
            <tr key={comparison.runs[run].run_id} className={hoverClass(props, comparison.runs[run].run_id)}>
              <th scope="row">
                <RunName {...props} index={run} />
              </th>
              {pad(before)}
              {shown.map(({ index }) => (
                <Cell key={lines[index].key} {...props} line={lines[index]} index={run} />
              ))}
              {pad(after)}
            </tr>
          ))}
          {spacer(rows.getTotalSize() - (down[down.length - 1]?.end ?? 0))}
        </tbody>
      </table>
    </div>
  );
}

function hoverClass({ hovered, faint }: IValuesProps, runId: string): string | undefined {
  return runId === hovered ? 'lw-mod-hovered' : faint?.(runId) ? 'lw-mod-faint' : undefined;
}

function RunName({
  comparison,
  base,
  index,
  onHover,
  onBase
}: IValuesProps & { index: number }): ReactElement {
  const { trans } = useWorkbench();
  const run = comparison.runs[index];
  const name = nameOf(run);
  return (
    <span
      className="lw-Compare-head"
      onPointerEnter={() => onHover?.(run.run_id)}
      onPointerLeave={() => onHover?.(null)}
    >
      <span className="lw-swatch" style={{ background: colourOf(index) }} aria-hidden="true" />
      {onBase && index !== base ? (
        <button
          type="button"
          className="lw-Compare-run lw-link"
          title={trans.__('Measure the others against %1', name)}
          onClick={() => onBase(run.run_id)}
        >
          {name}
        </button>
      ) : (
        <span className="lw-Compare-run" title={name}>
          {name}
        </span>
      )}
      {index === base ? <span className="lw-Compare-base">{trans.__('base')}</span> : null}
    </span>
  );
}

function Cell(props: IValuesProps & { line: ILine; index: number }): ReactElement {
  const { trans } = useWorkbench();
  const { line, index, base } = props;
  const { row } = line;
  const value = row.values[index];
  const against = row.values[base];
  const best = index === row.best;
  const differs = row.differs && (value.text !== against?.text || value.value !== against?.value);
  const measured =
    index !== base && typeof value.value === 'number' && typeof against?.value === 'number' && differs
      ? delta(value.value, against.value)
      : null;
  const better =
    measured && row.direction !== 'none' && row.direction !== undefined
      ? value.value! > against.value! === (row.direction === 'up')
      : null;
  const marks = [best ? 'lw-mod-best' : '', differs && index !== base ? 'lw-mod-differs' : ''];
  return (
    <td title={value.text} className={marks.join(' ').trim() || undefined}>
      <span className="lw-Compare-value">{value.text || <span className="lw-quiet">–</span>}</span>
      {best ? <span className="lw-Compare-best">{trans.__('best')}</span> : null}
      {measured ? (
        <span
          className={`lw-Compare-delta ${better === null ? '' : better ? 'lw-mod-good' : 'lw-mod-bad'}`}
          title={trans.__('against the base')}
        >
          {measured}
        </span>
      ) : null}
    </td>
  );
}
