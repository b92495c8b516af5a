import { cellId, type ILayout } from './layout';

const PADDING = 26;
const NAME_MORE = 30;
const MOST = 480;

/** The width that a column's name and its cells on the screen ask for. */
export function fittingWidth(table: string, layout: ILayout, key: string): number {
  const column = layout.all.findIndex(one => one.key === key) + 1;
  const pen = document.createElement('canvas').getContext('2d')!;
  const id = cellId(table, 0, column).replace(/-0-\d+$/, '-');
  const cells = document.querySelectorAll<HTMLElement>(`[id^="${CSS.escape(id)}"][id$="-${column}"]`);
  const widths = [...cells].map(cell => {
    const style = getComputedStyle(cell);
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    return pen.measureText(cell.textContent ?? '').width;
  });
  return Math.min(MOST, Math.ceil(Math.max(...widths, 0)) + PADDING + (column === 1 ? NAME_MORE : 0));
}
