import React, { useEffect, useRef, useState, type PointerEvent, type ReactElement } from 'react';

import { number } from './format';

/** A line: points in the order of x; a null leaves a gap. */
export interface ISeries {
  label: string;
  /** Else that of its place. */
  colour?: string;
  x: number[];
  y: (number | null)[];
}

interface IChartProps {
  title: string;
  series: ISeries[];
  xLabel: string;
}

const WIDTH = 360; // until the room is known
const HEIGHT = 190;
const LEFT = 52;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 34;

/** The class of the nth series' colour; the colours read on light and on dark. */
export function seriesClass(index: number): string {
  return `lw-series-${index % 8}`;
}

function useWidth(): [React.RefObject<HTMLElement>, number] {
  const element = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(WIDTH);
  useEffect(() => {
    const observer = new ResizeObserver(entries => setWidth(Math.max(entries[0].contentRect.width, 160)));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}

/** Lines over steps. Every figure is also in the table beside it; this is the picture. */
export function Chart({ title, series, xLabel }: IChartProps): ReactElement {
  // Drawn at the size that it has, so that the words on the axes are as large as those around them.
  const [figure, width] = useWidth();
  const [at, setAt] = useState<number | null>(null);
  const xs = series.flatMap(one => one.x);
  const ys = series.flatMap(one => one.y.filter((y): y is number => y !== null && Number.isFinite(y)));
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const xTicks = ticks(x0, x1, 5).filter(x => Number.isInteger(x) && x >= x0 && x <= x1);
  const yTicks = ticks(Math.min(...ys), Math.max(...ys), 4);
  const [y0, y1] = [Math.min(yTicks[0], ...ys), Math.max(yTicks[yTicks.length - 1], ...ys)];
  const px = (x: number): number => LEFT + ((x - x0) / (x1 - x0 || 1)) * (width - LEFT - RIGHT);
  const py = (y: number): number => HEIGHT - BOTTOM - ((y - y0) / (y1 - y0 || 1)) * (HEIGHT - TOP - BOTTOM);

  const point = (event: PointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const x =
      x0 + ((((event.clientX - box.left) / box.width) * width - LEFT) / (width - LEFT - RIGHT)) * (x1 - x0);
    setAt(xs.reduce((best, one) => (Math.abs(one - x) < Math.abs(best - x) ? one : best), xs[0]));
  };

  return (
    <figure className="lw-Chart" ref={figure}>
      <figcaption title={title}>{title}</figcaption>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`${title}: ${series.map(one => one.label).join(', ')}`}
        onPointerMove={point}
        onPointerLeave={() => setAt(null)}
      >
        {yTicks.map(y => (
          <g key={y}>
            <line className="lw-Chart-grid" x1={LEFT} x2={width - RIGHT} y1={py(y)} y2={py(y)} />
            <text x={LEFT - 6} y={py(y)} textAnchor="end" dominantBaseline="middle">
              {number(y)}
            </text>
          </g>
        ))}
        {xTicks.map(x => (
          <text key={x} x={px(x)} y={HEIGHT - BOTTOM + 14} textAnchor="middle">
            {number(x)}
          </text>
        ))}
        <text x={(LEFT + width - RIGHT) / 2} y={HEIGHT - 4} textAnchor="middle">
          {xLabel}
        </text>
        {series.map((one, index) => (
          <path
            key={index}
            className={`lw-Chart-line ${seriesClass(index)}`}
            style={{ stroke: one.colour }}
            d={path(one, px, py)}
          />
        ))}
        {at === null ? null : (
          <g>
            <line className="lw-Chart-cursor" x1={px(at)} x2={px(at)} y1={TOP} y2={HEIGHT - BOTTOM} />
            {series.map((one, index) => {
              const y = one.y[one.x.indexOf(at)];
              return y === null || y === undefined ? null : (
                <circle
                  key={index}
                  className={`lw-Chart-dot ${seriesClass(index)}`}
                  style={{ fill: one.colour }}
                  cx={px(at)}
                  cy={py(y)}
                  r={3}
                />
              );
            })}
          </g>
        )}
      </svg>
      <div className="lw-Chart-reading" aria-hidden="true">
        {at === null
          ? ' '
          : `${xLabel} ${at}: ${series.map(one => number(one.y[one.x.indexOf(at)])).join(' · ')}`}
      </div>
    </figure>
  );
}

function path(series: ISeries, px: (x: number) => number, py: (y: number) => number): string {
  let pen = 'M';
  return series.x
    .map((x, index) => {
      const y = series.y[index];
      if (y === null || !Number.isFinite(y)) {
        pen = 'M';
        return '';
      }
      const part = `${pen}${px(x).toFixed(1)},${py(y).toFixed(1)}`;
      pen = 'L';
      return part;
    })
    .join('');
}

/** Round values that cover low to high. */
function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low)) {
    return [low];
  }
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12))
  );
}
