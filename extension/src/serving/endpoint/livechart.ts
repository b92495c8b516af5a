import uPlot from 'uplot';

import { figure } from './words';

/** A line of a small chart. */
export interface ILine {
  label: string;
  values: readonly (number | null)[];
  /** A variable of JupyterLab's theme, such as `--jp-brand-color1`. */
  colour: string;
  dash?: number[];
  fill?: boolean;
}

const HEIGHT = 128;
const OTHERWISE = '#888';

/** Lines over the last minutes, drawn by uPlot. Charts with the same `sync` share the pointer's place. */
export class LiveChart {
  constructor(
    private readonly host: HTMLElement,
    private readonly sync: string,
    private readonly onPoint: (index: number | null) => void
  ) {}

  /** Paint; times in seconds since 1970, width in CSS pixels. */
  show(times: readonly number[], lines: readonly ILine[], width: number): void {
    const data = [[...times], ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;
    const kind = lines.map(({ label }) => label).join('\n');
    if (!this.plot || this.kind !== kind) {
      this.build(lines, data, width);
      this.kind = kind;
      return;
    }
    if (this.plot.width !== width) {
      this.plot.setSize({ width, height: HEIGHT });
    }
    this.plot.setData(data);
  }

  /** Take the theme's colours at the next painting. */
  forgetColours(): void {
    this.kind = null;
  }

  dispose(): void {
    this.plot?.destroy();
    this.plot = null;
  }

  private build(lines: readonly ILine[], data: uPlot.AlignedData, width: number): void {
    this.plot?.destroy();
    const style = getComputedStyle(this.host);
    const colour = (name: string): string => style.getPropertyValue(name).trim() || OTHERWISE;
    const grid = { stroke: colour('--lw-grid'), width: 1 };
    const axis: uPlot.Axis = {
      stroke: colour('--jp-ui-font-color2'),
      font: `11px ${style.getPropertyValue('--jp-ui-font-family').trim() || 'sans-serif'}`,
      grid,
      ticks: { ...grid, size: 4 },
      gap: 3
    };
    this.plot = new uPlot(
      {
        width,
        height: HEIGHT,
        legend: { show: false },
        padding: [6, 16, 0, 0],
        scales: {
          x: { time: true, range: (_, low, high) => [low, high] },
          y: { range: (_, __, high) => [0, high > 0 ? high * 1.12 : 1] }
        },
        axes: [
          { ...axis, size: 22, space: 48, incrs: [60, 120, 300], values: (_, splits) => splits.map(clock) },
          { ...axis, size: 46, space: 26, values: (_, splits) => splits.map(one => figure(one)) }
        ],
        series: [{}, ...lines.map(line => seriesOf(line, colour(line.colour)))],
        cursor: {
          y: false,
          points: { size: 6 },
          drag: { x: false, y: false },
          sync: { key: this.sync, setSeries: false }
        },
        hooks: { setCursor: [plot => this.onPoint(plot.cursor.idx ?? null)] }
      },
      data,
      this.host
    );
  }

  private plot: uPlot | null = null;
  private kind: string | null = null;
}

function seriesOf({ label, dash, fill }: ILine, stroke: string): uPlot.Series {
  return {
    label,
    stroke,
    width: dash ? 1.3 : 1.8,
    dash,
    fill: fill ? `color-mix(in srgb, ${stroke} 16%, transparent)` : undefined,
    // A value between two gaps is no line; it is a dot.
    points: { show: true, size: 4, stroke, fill: stroke, filter: (plot, series) => lone(plot.data[series]) }
  };
}

/** Places of values that have no neighbour. */
function lone(values: uPlot.AlignedData[number]): number[] {
  return Array.from(values as ArrayLike<number | null | undefined>).flatMap((value, place, all) =>
    value != null && all[place - 1] == null && all[place + 1] == null ? [place] : []
  );
}

/** The time of day of an axis' tick. */
function clock(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23'
  });
}
