import type { Virtualizer } from '@tanstack/react-virtual';
import { useCallback, useRef, useState, type KeyboardEvent, type RefObject } from 'react';

import type { TableRow } from './api';
import { moveColumn, resizeColumn, sortBy } from './change';
import type { IShown } from './columns';
import { openGroup } from './filters';
import { cellId, ROW_HEIGHT, type ILayout } from './layout';
import type { RunsTable } from './model';

/** A cell; row -1 is the header, column 0 the ticks. */
export interface IActive {
  row: number;
  column: number;
}

interface IOptions {
  model: RunsTable;
  layout: ILayout;
  total: number;
  scroller: RefObject<HTMLDivElement>;
  vertical: Virtualizer<HTMLDivElement, Element>;
  horizontal: Virtualizer<HTMLDivElement, Element>;
  openMenu: (row: TableRow, x: number, y: number) => void;
  openColumnMenu: (shown: IShown, x: number, y: number) => void;
}

interface IUse {
  active: IActive | null;
  setActive: (active: IActive) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  /** Tick from the row that was ticked last to this one; or turn this one's tick. */
  tickTo: (row: number, only?: boolean) => void;
}

/** The active cell of the grid, and what the keys do with it. */
export function useActive(options: IOptions): IUse {
  const { model, layout, total, scroller, vertical, horizontal } = options;
  const [active, setActive] = useState<IActive | null>(null);
  const anchor = useRef(0);

  const tickTo = useCallback(
    (row: number, only = false) => {
      const { rows } = model.answer.get();
      const line = (place: number): TableRow[] => {
        const found = rows.line(place);
        return found && 'run_id' in found ? [found] : [];
      };
      if (only) {
        const [found] = line(row);
        anchor.current = row;
        if (found) {
          model.tick([found], !model.ticked.get().has(found.run_id));
        }
        return;
      }
      const [from, to] = [Math.min(anchor.current, row), Math.max(anchor.current, row)];
      model.tick(Array.from({ length: to - from + 1 }, (_, index) => line(from + index)).flat(), true);
    },
    [model]
  );

  const go = (row: number, column: number): void => {
    const next = {
      row: Math.max(-1, Math.min(row, total - 1)),
      column: Math.max(0, Math.min(column, layout.all.length))
    };
    setActive(next);
    if (next.row >= 0) {
      vertical.scrollToIndex(next.row);
    }
    const free = next.column - 1 - layout.pinned.length;
    if (free >= 0) {
      horizontal.scrollToIndex(free);
    }
  };

  const onHeader = (event: KeyboardEvent, column: number): boolean => {
    const shown = layout.all[column - 1];
    if (!shown) {
      if (event.key === ' ' || event.key === 'Enter') {
        void model.tickAll();
        return true;
      }
      return false;
    }
    const step = event.key === 'ArrowLeft' ? -1 : 1;
    if (event.key === 'Enter' || event.key === ' ') {
      sortBy(model, shown, event.shiftKey);
    } else if (event.altKey && /^Arrow(Left|Right)$/.test(event.key)) {
      if (moveColumn(model, layout, shown.key, step)) {
        setActive({ row: -1, column: column + step });
      }
    } else if (event.shiftKey && /^Arrow(Left|Right)$/.test(event.key)) {
      resizeColumn(model, shown.key, shown.width + step * 16);
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const box = boxOf({ row: -1, column });
      options.openColumnMenu(shown, box.left, box.bottom);
    } else {
      return false;
    }
    return true;
  };

  const onRow = (event: KeyboardEvent, { row, column }: IActive): boolean => {
    const line = model.answer.get().rows.line(row);
    if (event.key === ' ') {
      tickTo(row, !event.shiftKey);
    } else if (event.key === 'Enter' && line) {
      if ('run_id' in line) {
        model.open.set(line.run_id);
      } else {
        openGroup(model, line);
      }
    } else if (
      (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) &&
      line &&
      'run_id' in line
    ) {
      const box = boxOf({ row, column });
      options.openMenu(line, box.left, box.bottom);
    } else {
      return false;
    }
    return true;
  };

  const boxOf = ({ row, column }: IActive): DOMRect =>
    (
      document.getElementById(cellId(model.experimentId, row, column)) ?? scroller.current!
    ).getBoundingClientRect();

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) {
      return; // a field inside has keys of its own
    }
    const { row, column } = active ?? { row: 0, column: 1 };
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
    const far = event.ctrlKey || event.metaKey;
    const handled = row === -1 ? onHeader(event, column) : onRow(event, { row, column });
    const moves: Record<string, [number, number]> = {
      ArrowDown: [far ? total : row + 1, column],
      ArrowUp: [far ? 0 : row - 1, column],
      ArrowLeft: [row, far ? 0 : column - 1],
      ArrowRight: [row, far ? layout.all.length : column + 1],
      PageDown: [row + page, column],
      PageUp: [Math.max(0, row - page), column],
      Home: [far ? 0 : row, 0],
      End: [far ? total : row, layout.all.length]
    };
    if (!handled && event.key === 'Escape' && model.open.get()) {
      model.open.set(null);
    } else if (!handled) {
      const move = event.altKey ? undefined : moves[event.key];
      if (!move) {
        return;
      }
      go(...move);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return { active, setActive, onKeyDown, tickTo };
}
