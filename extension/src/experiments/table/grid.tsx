import { useVirtualizer } from '@tanstack/react-virtual';
import React, {
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type MouseEvent,
  type ReactElement
} from 'react';

import { Visible } from '../../common/resource';
import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import { useActive } from './active';
import type { TableRow } from './api';
import { columnMenu } from './columnmenu';
import { shownColumns } from './columns';
import { openGroup } from './filters';
import { Header } from './header';
import { cellId, HEADER_HEIGHT, laidOut, ROW_HEIGHT } from './layout';
import type { RunsTable } from './model';
import { useReveal } from './reveal';
import { Row } from './row';

export interface IGridProps {
  model: RunsTable;
  label: string;
  /** The entries of a run's menu. */
  openMenu: (row: TableRow, x: number, y: number) => void;
}

const OVERSCAN = 10;

/** The table itself: only the rows and columns that are on the screen are in the page. */
export function Grid({ model, label, openMenu }: IGridProps): ReactElement {
  const { trans } = useWorkbench();
  const visible = useContext(Visible);
  const view = useStore(model.view);
  const table = useStore(model.table);
  const { rows, query } = useStore(model.answer);
  const ticked = useStore(model.ticked);
  const open = useStore(model.open);
  const asking = useStore(model.asking);
  useStore(model.version);

  const scroller = useRef<HTMLDivElement>(null);
  const [resizing, setResizing] = useState<{ key: string; width: number } | null>(null);
  const columns = useMemo(
    () =>
      shownColumns(
        resizing ? { ...view, widths: { ...view.widths, [resizing.key]: resizing.width } } : view,
        table?.columns ?? [],
        trans
      ),
    [view, table?.columns, trans, resizing]
  );
  const layout = useMemo(() => laidOut(columns), [columns]);
  const total = model.total;

  const vertical = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    paddingStart: HEADER_HEIGHT,
    scrollPaddingStart: HEADER_HEIGHT,
    overscan: OVERSCAN
  });
  const horizontal = useVirtualizer({
    horizontal: true,
    count: layout.free.length,
    getScrollElement: () => scroller.current,
    estimateSize: index => layout.free[index].width,
    getItemKey: index => layout.free[index].key,
    paddingStart: layout.pinnedWidth,
    scrollPaddingStart: layout.pinnedWidth,
    overscan: 3
  });
  useLayoutEffect(() => horizontal.measure(), [horizontal, layout]);

  const items = vertical.getVirtualItems();
  const across = horizontal.getVirtualItems();
  const first = items.length ? items[0].index + (items[0].index > 0 ? OVERSCAN : 0) : 0;
  const last = items.length ? items[items.length - 1].index : 0;
  const down = vertical.scrollDirection !== 'backward';
  useEffect(() => {
    if (visible) {
      model.look(first, last, down);
    }
  }, [model, rows, first, last, down, total, visible]);
  useEffect(() => {
    model.onNewQuestion = () => scroller.current?.scrollTo({ top: 0 });
    model.onShift = count => scroller.current?.scrollBy({ top: count * ROW_HEIGHT });
  }, [model]);

  const { active, setActive, onKeyDown, tickTo } = useActive({
    model,
    layout,
    total,
    scroller,
    vertical,
    horizontal,
    openMenu,
    openColumnMenu: (shown, x, y) => columnMenu(model, layout, shown, trans, x, y)
  });
  useReveal(model, vertical, setActive, visible);
  const cells = useMemo(() => new Map(query.columns.map((key, index) => [key, index])), [query.columns]);
  const start = across.length ? across[0].index : 0;
  const end = across.length ? across[across.length - 1].index + 1 : 0;
  const drawn = useMemo(() => layout.free.slice(start, end), [layout, start, end]);
  const before = across.length ? across[0].start - layout.pinnedWidth : 0;

  const onClick = useCallback(
    (event: MouseEvent, place: number, column: number) => {
      setActive({ row: place, column });
      const line = model.answer.get().rows.line(place);
      if (!line) {
        return;
      }
      if (!('run_id' in line)) {
        openGroup(model, line);
      } else if (event.shiftKey) {
        tickTo(place);
      } else if (event.ctrlKey || event.metaKey || column === 0) {
        tickTo(place, true);
      } else if (column === 1) {
        model.open.set(line.run_id);
      }
    },
    [model, setActive, tickTo]
  );
  const onContextMenu = useCallback(
    (event: MouseEvent, place: number) => {
      const line = model.answer.get().rows.line(place);
      if (line && 'run_id' in line) {
        event.preventDefault();
        event.stopPropagation();
        setActive({ row: place, column: 1 });
        openMenu(line, event.clientX, event.clientY);
      }
    },
    [model, openMenu, setActive]
  );

  return (
    <div
      ref={scroller}
      className={`lw-Grid${asking ? ' lw-mod-asking' : ''}`}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable="true"
      aria-busy={asking}
      aria-activedescendant={active ? cellId(model.experimentId, active.row, active.column) : undefined}
      onKeyDown={onKeyDown}
      onFocus={event => event.target === event.currentTarget && !active && setActive({ row: 0, column: 1 })}
    >
      <div
        className="lw-Grid-canvas"
        role="presentation"
        style={{ width: layout.width, height: HEADER_HEIGHT + total * ROW_HEIGHT }}
      >
        <Header
          model={model}
          layout={layout}
          drawn={drawn}
          start={start}
          before={before}
          active={active?.row === -1 ? active.column : null}
          activate={column => setActive({ row: -1, column })}
          onResize={(key, width) => setResizing(width === null ? null : { key, width })}
        />
        <div role="rowgroup">
          {items.map(item => {
            const line = rows.line(item.index);
            const runId = line && 'run_id' in line ? line.run_id : null;
            return (
              <Row
                key={item.index}
                place={item.index}
                line={line}
                pinned={layout.pinned}
                drawn={drawn}
                start={start}
                before={before}
                cells={cells}
                ticked={runId !== null && ticked.has(runId)}
                open={runId !== null && runId === open}
                active={active?.row === item.index ? active.column : null}
                table={model.experimentId}
                onClick={onClick}
                onContextMenu={onContextMenu}
                openMenu={openMenu}
                trans={trans}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
