import { caretDownIcon, caretUpIcon, ellipsesIcon } from '@jupyterlab/ui-components';
import React, { useState, type CSSProperties, type PointerEvent, type ReactElement } from 'react';

import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import { dropColumn, resizeColumn, sortBy } from './change';
import { aggregateLabel, columnMenu } from './columnmenu';
import { groupLabel, groupOf, nameOf, type IShown } from './columns';
import { fittingWidth } from './fit';
import { columnAt, follow } from './follow';
import { cellId, HEADER_HEIGHT, type ILayout } from './layout';
import type { RunsTable } from './model';
import { NAME, NARROWEST } from './view';

interface IHeaderProps {
  model: RunsTable;
  layout: ILayout;
  drawn: IShown[];
  start: number;
  before: number;
  active: number | null;
  activate: (column: number) => void;
  /** A width while it is drawn. */
  onResize: (key: string, width: number | null) => void;
}

/** Pixels that the pointer moves before a press is a drag. */
const DRAG = 5;

/** The columns' names: a click sorts, a drag moves, the right edge resizes, the dots open the menu. */
export function Header(props: IHeaderProps): ReactElement {
  const { model, layout, drawn, start, before, active } = props;
  const { trans } = useWorkbench();
  const ticked = useStore(model.ticked);
  const table = useStore(model.table);
  const view = useStore(model.view);
  const [drag, setDrag] = useState<IDrag | null>(null);
  const cell = (shown: IShown, column: number, style: CSSProperties): ReactElement => (
    <HeaderCell
      {...props}
      key={shown.key}
      shown={shown}
      column={column}
      style={style}
      drag={drag}
      setDrag={setDrag}
    />
  );
  const all = ticked.size > 0 && ticked.size >= (table?.total ?? 0);
  return (
    <div role="rowgroup" className="lw-Grid-head" style={{ height: HEADER_HEIGHT }}>
      <div role="row" className="lw-Grid-row" aria-rowindex={1}>
        <div
          id={cellId(model.experimentId, -1, 0)}
          role="columnheader"
          aria-colindex={1}
          className={`lw-Grid-cell lw-Grid-tick lw-mod-pinned${active === 0 ? ' lw-mod-active' : ''}`}
        >
          <input
            type="checkbox"
            hidden={view.group !== null}
            tabIndex={-1}
            checked={all}
            ref={box => {
              if (box) {
                box.indeterminate = ticked.size > 0 && !all;
              }
            }}
            aria-label={trans.__('Tick all')}
            title={trans.__('Tick all that are found, at most 10,000')}
            onChange={() => (ticked.size ? model.ticked.set(new Map()) : void model.tickAll())}
          />
        </div>
        {layout.pinned.map((shown, index) =>
          cell(shown, index + 1, { width: shown.width, left: shown.left })
        )}
        <div role="presentation" style={{ flex: 'none', width: before }} />
        {drawn.map((shown, index) =>
          cell(shown, layout.pinned.length + start + index + 1, { width: shown.width })
        )}
      </div>
    </div>
  );
}

/** A column on its way: where it would land. */
interface IDrag {
  key: string;
  target: string | null;
}

interface ICellProps extends IHeaderProps {
  shown: IShown;
  column: number;
  style: CSSProperties;
  drag: IDrag | null;
  setDrag: (drag: IDrag | null) => void;
}

function HeaderCell(props: ICellProps): ReactElement {
  const { model, layout, shown, column, style, active, activate, drag, setDrag, onResize } = props;
  const { trans } = useWorkbench();
  const { sort, aggregates } = useStore(model.view);
  const table = useStore(model.table);
  const place = sort.findIndex(one => one.key === shown.key);
  const by = sort[place];
  const aggregate = groupOf(shown.key) === 'metrics' ? (aggregates[nameOf(shown.key)] ?? 'last') : 'last';
  const lastOnly = (table?.lastOnly ?? []).includes(nameOf(shown.key));
  const title = [
    `${groupLabel(groupOf(shown.key), trans)}: ${shown.label}`.slice(0, 1000),
    aggregate === 'last' ? '' : aggregateLabel(aggregate, trans),
    aggregate !== 'last' && lastOnly ? trans.__('only last values are known here') : ''
  ];

  const press = (event: PointerEvent<HTMLElement>): void => {
    if (event.button !== 0) {
      return;
    }
    const [element, from] = [event.currentTarget, event.clientX];
    activate(column);
    let target: string | null | undefined;
    follow(element, event.pointerId, {
      move: moved => {
        if (shown.key !== NAME && (target !== undefined || Math.abs(moved.clientX - from) > DRAG)) {
          target = columnAt(element.closest('[role=row]')!, moved.clientX);
          setDrag({ key: shown.key, target });
        }
      },
      end: (released, cancelled) => {
        setDrag(null);
        if (target !== undefined && !cancelled) {
          dropColumn(model, layout, shown.key, target);
        } else if (target === undefined && !cancelled) {
          sortBy(model, shown, released.shiftKey);
        }
      }
    });
  };
  const resize = (event: PointerEvent<HTMLElement>): void => {
    event.stopPropagation();
    const from = event.clientX - shown.width;
    let width = shown.width;
    follow(event.currentTarget, event.pointerId, {
      move: moved => {
        width = Math.max(NARROWEST, moved.clientX - from);
        onResize(shown.key, width);
      },
      end: () => {
        onResize(shown.key, null);
        if (width !== shown.width) {
          resizeColumn(model, shown.key, width);
        }
      }
    });
  };
  const classes = [
    'lw-Grid-cell',
    `lw-mod-${shown.kind}`,
    shown.pinned ? 'lw-mod-pinned' : '',
    active === column ? 'lw-mod-active' : '',
    drag?.key === shown.key ? 'lw-mod-dragged' : '',
    drag && drag.key !== shown.key && drag.target === shown.key ? 'lw-mod-target' : ''
  ];
  return (
    <div
      id={cellId(model.experimentId, -1, column)}
      role="columnheader"
      aria-colindex={column + 1}
      aria-sort={by ? (by.descending ? 'descending' : 'ascending') : 'none'}
      aria-label={[shown.label.slice(0, 200), aggregate === 'last' ? '' : aggregate]
        .filter(Boolean)
        .join(' ')}
      data-key={shown.key}
      className={classes.filter(Boolean).join(' ')}
      style={style}
      title={title.filter(Boolean).join(', ')}
      onContextMenu={event => {
        event.preventDefault();
        event.stopPropagation();
        columnMenu(model, layout, shown, trans, event.clientX, event.clientY);
      }}
    >
      <span className="lw-Grid-label" onPointerDown={press}>
        <span className="lw-ellipsis">{shown.label.slice(0, 200)}</span>
        {aggregate === 'last' ? null : <span className="lw-Grid-mark">{lastOnly ? 'last' : aggregate}</span>}
        {by ? by.descending ? <caretDownIcon.react tag="span" /> : <caretUpIcon.react tag="span" /> : null}
        {by && sort.length > 1 ? <span className="lw-Grid-mark">{place + 1}</span> : null}
      </span>
      <button
        type="button"
        tabIndex={-1}
        className="lw-IconButton lw-Grid-more"
        aria-label={trans.__('Menu of %1', shown.label.slice(0, 200))}
        aria-haspopup="menu"
        onClick={event => {
          const box = event.currentTarget.getBoundingClientRect();
          columnMenu(model, layout, shown, trans, box.left, box.bottom);
        }}
      >
        <ellipsesIcon.react tag="span" />
      </button>
      <span
        className="lw-Grid-edge"
        aria-hidden="true"
        onPointerDown={resize}
        onDoubleClick={() =>
          resizeColumn(model, shown.key, fittingWidth(model.experimentId, layout, shown.key))
        }
      />
    </div>
  );
}
