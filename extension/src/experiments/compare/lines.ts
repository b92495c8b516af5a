/** A run's curve, as a chart paints it: columns in the order of x; a null is a gap. */
export interface ILine {
  id: string;
  label: string;
  colour: string;
  x: readonly number[];
  y: readonly (number | null)[];
  /** Empty without smoothing; else what is in front, with the raw line faint behind. */
  smooth: readonly (number | null)[];
}

export type Span = readonly [number, number];

/** Linear, or logarithmic, from values to pixels. Off a logarithmic axis (0 and less): NaN. */
export function toPixels(
  [low, high]: Span,
  log: boolean,
  start: number,
  length: number
): (value: number) => number {
  const scale = log ? Math.log : (value: number): number => value;
  const first = scale(low);
  const factor = length / (scale(high) - first || 1);
  return value => (log && value <= 0 ? NaN : start + (scale(value) - first) * factor);
}

/** Put a line on a canvas' path; gaps break it, and a lone point is a short stroke. */
export function trace(
  context: CanvasRenderingContext2D,
  x: readonly number[],
  y: readonly (number | null)[],
  px: (value: number) => number,
  py: (value: number) => number
): void {
  let down = false;
  for (let i = 0; i < x.length; i++) {
    const value = y[i];
    const left = px(x[i]);
    const top = value === null ? NaN : py(value);
    if (Number.isNaN(top) || Number.isNaN(left)) {
      down = false;
    } else if (down) {
      context.lineTo(left, top);
    } else {
      context.moveTo(left, top);
      const next = i + 1 < x.length ? y[i + 1] : null;
      if (next === null) {
        context.lineTo(left + 1.5, top);
      }
      down = true;
    }
  }
}

/** The place of the value nearest to x in a rising list. */
export function nearest(xs: readonly number[], x: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low > 0 && x - xs[low - 1] <= xs[low] - x ? low - 1 : low;
}

/** From the smallest to the largest of what is inside a range of x; on a logarithmic axis of what is above 0. */
export function extent(lines: readonly ILine[], range: Span, log: boolean): Span {
  let low = Infinity;
  let high = -Infinity;
  for (const { x, y, smooth } of lines) {
    for (const values of smooth.length ? [smooth, y] : [y]) {
      for (let i = 0; i < x.length; i++) {
        const value = values[i];
        if (value !== null && x[i] >= range[0] && x[i] <= range[1] && (!log || value > 0)) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }
  }
  return low > high ? (log ? [0.1, 1] : [0, 1]) : [low, high];
}
