import { number } from '../../common/format';
import { isNumeric, ticks, type IDimension } from './dimensions';
import { toPixels } from './lines';

export const HEIGHT = 300;
export const TOP = 46;
const BOTTOM = 22;
export const SIDE = 76;
export const INSIDE = HEIGHT - TOP - BOTTOM;
const CATEGORIES = 40;

/** Where the values of a dimension stand along its axis, in pixels from the top. */
export interface IScale {
  dimension: IDimension;
  log: boolean;
  /** Whether a logarithmic axis is possible. */
  canLog: boolean;
  place: (value: number | string | null) => number | null;
  marks: { value: string; y: number }[];
}

/** The line of a run; it breaks where the run has no value. */
export function pathOf(scales: IScale[], run: number, xOf: (place: number) => number): string {
  let pen = 'M';
  return scales
    .map((scale, place) => {
      const y = scale.place(scale.dimension.values[run]);
      if (y === null) {
        pen = 'M';
        return '';
      }
      const part = `${pen}${xOf(place).toFixed(1)},${y.toFixed(1)}`;
      pen = 'L';
      return part;
    })
    .join('');
}

/** Values in their order, or categories at equal distances. */
export function scaleOf(dimension: IDimension, wantsLog: boolean): IScale {
  if (!isNumeric(dimension)) {
    const kinds = [...new Set(dimension.values.filter(value => value !== null).map(String))].sort((a, b) =>
      a.localeCompare(b, undefined, { numeric: true })
    );
    const step = INSIDE / Math.max(kinds.length - 1, 1);
    const at = (value: string): number =>
      kinds.length === 1 ? TOP + INSIDE / 2 : TOP + kinds.indexOf(value) * step;
    const every = Math.ceil(kinds.length / CATEGORIES);
    return {
      dimension,
      log: false,
      canLog: false,
      place: value => (value === null ? null : at(String(value))),
      marks: kinds.filter((_, i) => i % every === 0).map(value => ({ value, y: at(value) }))
    };
  }
  const values = dimension.values.filter((value): value is number => value !== null);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const canLog = low > 0 && high > low;
  const log = wantsLog && canLog;
  const down = toPixels([low, high], log, 0, INSIDE);
  const at = (value: number): number => (high > low ? TOP + INSIDE - down(value) : TOP + INSIDE / 2);
  return {
    dimension,
    log,
    canLog,
    place: value => (typeof value === 'number' ? at(value) : null),
    marks: ticks(low, high, 5, log).map(value => ({ value: number(value), y: at(value) }))
  };
}
