import type { IShown } from './columns';

export const ROW_HEIGHT = 28;
export const HEADER_HEIGHT = 32;
export const TICK_WIDTH = 34;

/** Where the columns stand: the ticks, the pinned ones, those that scroll. */
export interface ILayout {
  pinned: (IShown & { left: number })[];
  pinnedWidth: number;
  free: IShown[];
  width: number;
  /** All columns in their order; the ticks are column 0, so the first of these is column 1. */
  all: IShown[];
}

export function laidOut(columns: IShown[]): ILayout {
  let left = TICK_WIDTH;
  const pinned = columns
    .filter(one => one.pinned)
    .map(one => {
      const placed = { ...one, left };
      left += one.width;
      return placed;
    });
  const free = columns.filter(one => !one.pinned);
  return {
    pinned,
    pinnedWidth: left,
    free,
    width: left + free.reduce((sum, one) => sum + one.width, 0),
    all: columns
  };
}

/** The id of a cell's element; row -1 is the header. */
export const cellId = (table: string, row: number, column: number): string =>
  `lw-runs-${table}-${row}-${column}`;
