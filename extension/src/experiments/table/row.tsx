import { ellipsesIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { memo, type CSSProperties, type MouseEvent, type ReactElement } from 'react';

import type { Group, TableRow } from './api';
import { CellText } from './cells';
import type { IShown } from './columns';
import { cellId, HEADER_HEIGHT, ROW_HEIGHT, type ILayout } from './layout';
import type { Line } from './windows';

interface IRowProps {
  place: number;
  /** Undefined while it is on its way. */
  line: Line | undefined;
  pinned: ILayout['pinned'];
  /** Columns on the screen, the place of the first among those that scroll, and the pixels before it. */
  drawn: IShown[];
  start: number;
  before: number;
  /** Where a column's cell stands in the line. */
  cells: Map<string, number>;
  ticked: boolean;
  open: boolean;
  /** The active cell's column. */
  active: number | null;
  table: string;
  onClick: (event: MouseEvent, place: number, column: number) => void;
  onContextMenu: (event: MouseEvent, place: number) => void;
  openMenu: (row: TableRow, x: number, y: number) => void;
  trans: TranslationBundle;
}

/** A run, or a group of runs. Drawn anew only when something of it has changed. */
export const Row = memo(function Row(props: IRowProps): ReactElement {
  const { place, line, pinned, drawn, start, before, ticked, open, active, table, trans } = props;
  const cell = (shown: IShown, column: number, style: CSSProperties, pin: boolean): ReactElement => (
    <div
      key={shown.key}
      id={cellId(table, place, column)}
      role={column === 1 ? 'rowheader' : 'gridcell'}
      aria-colindex={column + 1}
      className={`lw-Grid-cell lw-mod-${shown.kind}${pin ? ' lw-mod-pinned' : ''}${active === column ? ' lw-mod-active' : ''}`}
      style={style}
      onClick={event => props.onClick(event, place, column)}
    >
      {line === undefined ? (
        <span className="lw-Grid-coming" aria-hidden="true" />
      ) : column === 1 ? (
        <Name line={line} openMenu={props.openMenu} trans={trans} />
      ) : (
        <CellText cell={line.cells[props.cells.get(shown.key) ?? -1]} shown={shown} trans={trans} />
      )}
    </div>
  );
  const run = line && 'run_id' in line ? line : null;
  return (
    <div
      role="row"
      className={`lw-Grid-row${ticked ? ' lw-mod-ticked' : ''}${open ? ' lw-mod-open' : ''}${run?.archived ? ' lw-mod-archived' : ''}`}
      aria-rowindex={place + 2}
      aria-selected={ticked}
      aria-busy={line === undefined}
      style={{ transform: `translateY(${HEADER_HEIGHT + place * ROW_HEIGHT}px)` }}
      onContextMenu={event => props.onContextMenu(event, place)}
    >
      <div
        id={cellId(table, place, 0)}
        role="gridcell"
        aria-colindex={1}
        className={`lw-Grid-cell lw-Grid-tick lw-mod-pinned${active === 0 ? ' lw-mod-active' : ''}`}
        onClick={event => props.onClick(event, place, 0)}
      >
        {run ? (
          <input
            type="checkbox"
            tabIndex={-1}
            checked={ticked}
            readOnly
            aria-label={trans.__('Tick %1', run.name)}
          />
        ) : null}
      </div>
      {pinned.map((shown, index) => cell(shown, index + 1, { width: shown.width, left: shown.left }, true))}
      <div role="presentation" style={{ flex: 'none', width: before }} />
      {drawn.map((shown, index) =>
        cell(shown, pinned.length + start + index + 1, { width: shown.width }, false)
      )}
    </div>
  );
});

function Name({
  line,
  openMenu,
  trans
}: {
  line: Line;
  openMenu: IRowProps['openMenu'];
  trans: TranslationBundle;
}): ReactElement {
  if (!('run_id' in line)) {
    return <GroupName group={line} trans={trans} />;
  }
  const name = line.name || line.run_id;
  return (
    <>
      <span className="lw-Grid-name lw-ellipsis" title={name.slice(0, 2000)}>
        {name.slice(0, 300)}
      </span>
      {line.archived ? <span className="lw-Grid-mark">{trans.__('archived')}</span> : null}
      <button
        type="button"
        tabIndex={-1}
        className="lw-IconButton lw-Grid-more"
        title={trans.__('More')}
        aria-label={trans.__('More of %1', name.slice(0, 300))}
        onClick={event => {
          event.stopPropagation();
          const box = event.currentTarget.getBoundingClientRect();
          openMenu(line, box.left, box.bottom);
        }}
      >
        <ellipsesIcon.react tag="span" />
      </button>
    </>
  );
}

function GroupName({ group, trans }: { group: Group; trans: TranslationBundle }): ReactElement {
  const value = group.value === null ? trans.__('without') : group.value;
  return (
    <>
      <span
        className={`lw-Grid-name lw-ellipsis${group.value === null ? ' lw-quiet' : ''}`}
        title={value.slice(0, 2000)}
      >
        {value.slice(0, 300)}
      </span>
      <span className="lw-Grid-mark">
        {trans._n('%1 run', '%2 runs', group.runs, group.runs.toLocaleString())}
      </span>
    </>
  );
}
