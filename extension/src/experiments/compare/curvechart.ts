import uPlot from 'uplot';

import { number } from '../../common/format';
import type { Axis } from './api';
import { extent, nearest, toPixels, trace, type ILine, type Span } from './lines';
import { elapsed } from './words';

/** What a chart shows. */
export interface IShown {
  lines: readonly ILine[];
  /** The x that is shown. */
  range: Span;
  axis: Axis;
  logX: boolean;
  logY: boolean;
  base: string;
  /** Runs that stand back. */
  faint: (id: string) => boolean;
}

export interface ICallbacks {
  /** A range was drawn; null for all. */
  zoom: (range: Span | null) => void;
  hover: (id: string | null) => void;
  pick: (id: string) => void;
}

const HEIGHT = 210;
const NEAR = 24; // pixels within which a line is under the pointer
const LISTED = 8;
const LONE = 3.5; // radius of the point of a run that logged one value

/**
 * A chart of many lines. uPlot does axes, scales, the cursor and the drag; the lines are painted here, since each run
 * has x values of its own, which uPlot's aligned columns would blow up, and a hover must not paint all of them anew.
 */
export class CurveChart {
  constructor(
    private readonly host: HTMLElement,
    private readonly callbacks: ICallbacks
  ) {
    this.overlay.className = 'lw-Curve-overlay';
    this.tip.className = 'lw-Curve-tip';
    this.tip.hidden = true;
  }

  /** Paint. Width in CSS pixels. */
  show(shown: IShown, width: number): void {
    const before = this.shown;
    this.shown = shown;
    const kind = `${shown.axis} ${shown.logX} ${shown.logY}`;
    if (!this.plot || this.kind !== kind) {
      this.build(width);
      this.kind = kind;
    } else {
      if (this.plot.width !== width) {
        this.plot.setSize({ width, height: HEIGHT });
      }
      if (before !== shown) {
        this.rescale();
      }
    }
    this.point();
  }

  /** Bring a run to the front, as the pointer does. */
  highlight(id: string | null): void {
    if (this.lit !== id) {
      this.lit = id;
      this.point();
    }
  }

  /** Take the theme's colours anew. */
  repaint(): void {
    this.kind = '';
    if (this.shown && this.plot) {
      this.show(this.shown, this.plot.width);
    }
  }

  dispose(): void {
    this.plot?.destroy();
    this.plot = null;
  }

  private build(width: number): void {
    this.plot?.destroy();
    const { axis, logX, logY } = this.shown!;
    const colour = (name: string, otherwise: string): string =>
      getComputedStyle(this.host).getPropertyValue(name).trim() || otherwise;
    const words = colour('--jp-ui-font-color2', '#666');
    const font = `11px ${colour('--jp-ui-font-family', 'sans-serif')}`;
    const lines = { stroke: colour('--lw-grid', '#ddd'), width: 1 };
    const common = { stroke: words, font, grid: lines, ticks: { ...lines, size: 4 }, gap: 3 };
    const value = (_: uPlot, splits: number[]): string[] =>
      splits.map(one => (one === null ? '' : number(one)));
    this.plot = new uPlot(
      {
        width,
        height: HEIGHT,
        legend: { show: false },
        padding: [8, 20, 0, 0],
        scales: {
          x: {
            time: axis === 'wall',
            auto: false,
            distr: logX ? 3 : 1,
            range: () => [...this.x()] as [number, number]
          },
          y: { auto: false, distr: logY ? 3 : 1, range: () => [...this.y()] as [number, number] }
        },
        axes: [
          {
            ...common,
            size: 24,
            space: 60,
            ...(axis === 'wall'
              ? {}
              : {
                  incrs:
                    axis === 'step'
                      ? [1, 2, 5].flatMap(one => WHOLE.map(ten => one * ten)).sort((a, b) => a - b)
                      : undefined,
                  values: (u: uPlot, splits: number[]) =>
                    axis === 'step' ? value(u, splits) : splits.map(one => (one === null ? '' : elapsed(one)))
                })
          },
          { ...common, size: 54, space: 32, values: value }
        ],
        series: [{}, { show: false }],
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: true, y: false, setScale: false },
          bind: {
            dblclick: () => () => {
              this.callbacks.zoom(null);
              return null;
            }
          }
        },
        hooks: {
          draw: [plot => this.paint(plot)],
          setCursor: [() => this.move()],
          setSelect: [plot => this.drawn(plot)],
          setSize: [() => this.sizeOverlay()]
        }
      },
      [[0, 1], [null, null] as unknown as number[]],
      this.host
    );
    this.plot.over.append(this.overlay, this.tip);
    this.plot.over.addEventListener('click', () => {
      if (this.near && !this.dragged) {
        this.callbacks.pick(this.near);
      }
      this.dragged = false;
    });
    this.plot.over.addEventListener('mouseleave', () => {
      this.at = null;
      this.near = null;
      this.callbacks.hover(null);
      this.point();
    });
    this.sizeOverlay();
    this.rescale();
  }

  private rescale(): void {
    this.extent = extent(this.shown!.lines, this.shown!.range, this.shown!.logY);
    const [min, max] = this.x();
    // Both scales follow from `range`; this makes uPlot ask for them and paint.
    this.plot!.batch(() => {
      this.plot!.setScale('x', { min, max });
      this.plot!.setScale('y', { min: this.y()[0], max: this.y()[1] });
    });
    this.plot!.redraw(false, true);
  }

  private x(): Span {
    const [low, high] = this.shown!.range;
    if (!this.shown!.logX) {
      return low < high ? [low, high] : [low - 1, low + 1];
    }
    const least = this.shown!.lines.reduce(
      (found, { x }) => Math.min(found, x.find(one => one > 0) ?? Infinity),
      Infinity
    );
    const start = low > 0 ? low : Number.isFinite(least) ? least : 1;
    return [start, high > start ? high : start * 10];
  }

  private y(): Span {
    const [low, high] = this.extent;
    if (this.shown!.logY) {
      return low < high ? [low / 1.1, high * 1.1] : [low / 2, high * 2];
    }
    const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
    return [low - room, high + room];
  }

  private paint(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const { lines, base, faint } = this.shown!;
    const ratio = uPlot.pxRatio;
    const [px, py] = this.scales(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.lineJoin = 'round';
    const few = lines.length <= 12;
    const draw = (line: ILine, values: readonly (number | null)[], width: number, alpha: number): void => {
      ctx.strokeStyle = line.colour;
      ctx.globalAlpha = alpha;
      ctx.lineWidth = width * ratio;
      ctx.beginPath();
      trace(ctx, line.x, values, px, py);
      ctx.stroke();
      if (line.x.length === 1 && values[0] !== null) {
        ctx.fillStyle = line.colour;
        ctx.beginPath();
        ctx.arc(px(line.x[0]), py(values[0]), LONE * ratio, 0, 2 * Math.PI);
        ctx.fill();
      }
    };
    // What stands back first, the base last.
    const order = [...lines].sort(
      (a, b) => Number(a.id === base) - Number(b.id === base) || Number(faint(b.id)) - Number(faint(a.id))
    );
    for (const line of order.filter(one => one.smooth.length && !faint(one.id))) {
      draw(line, line.y, 1, few ? 0.28 : 0.12);
    }
    for (const line of order) {
      const width = line.id === base ? 2.4 : few ? 1.6 : 1.2;
      draw(line, line.smooth.length ? line.smooth : line.y, width, faint(line.id) ? 0.1 : few ? 1 : 0.8);
    }
    ctx.restore();
  }

  private scales(left: number, top: number, width: number, height: number): ((value: number) => number)[] {
    const { logX, logY } = this.shown!;
    const down = toPixels(this.y(), logY, 0, height);
    return [toPixels(this.x(), logX, left, width), value => top + height - down(value)];
  }

  private drawn(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width > 3) {
      this.dragged = true;
      const range: Span = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
      plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      this.callbacks.zoom(range);
    }
  }

  private sizeOverlay(): void {
    const { width, height } = this.plot!.over.getBoundingClientRect();
    this.overlay.width = Math.round(width * uPlot.pxRatio);
    this.overlay.height = Math.round(height * uPlot.pxRatio);
  }

  private move(): void {
    const { left, top } = this.plot!.cursor;
    this.at = left !== undefined && left >= 0 && top !== undefined ? [left, top] : null;
    if (!this.frame) {
      this.frame = window.requestAnimationFrame(() => {
        this.frame = 0;
        if (this.plot) {
          this.find();
          this.point();
        }
      });
    }
  }

  /** Which line is under the pointer. */
  private find(): void {
    if (!this.at || !this.shown) {
      return;
    }
    const [, py] = this.inside();
    const x = this.plot!.posToVal(this.at[0], 'x');
    let near: string | null = null;
    let distance = NEAR;
    for (const line of this.shown.lines) {
      const value = line.x.length ? front(line)[nearest(line.x, x)] : null;
      const away = value === null ? NaN : Math.abs(py(value) - this.at[1]);
      if (away < distance && !this.shown.faint(line.id)) {
        [near, distance] = [line.id, away];
      }
    }
    if (near !== this.near) {
      this.near = near;
      this.callbacks.hover(near);
    }
  }

  private inside(): ((value: number) => number)[] {
    const over = this.plot!.over;
    return this.scales(0, 0, over.clientWidth, over.clientHeight);
  }

  /** The line that is pointed at, over the others; and the values at the pointer. */
  private point(): void {
    if (!this.plot || !this.shown) {
      return;
    }
    const ctx = this.overlay.getContext('2d')!;
    ctx.setTransform(uPlot.pxRatio, 0, 0, uPlot.pxRatio, 0, 0);
    ctx.clearRect(0, 0, this.overlay.width, this.overlay.height);
    const [px, py] = this.inside();
    const line = this.shown.lines.find(one => one.id === this.lit);
    if (line) {
      ctx.lineJoin = 'round';
      ctx.strokeStyle = getComputedStyle(this.host).getPropertyValue('--jp-layout-color1').trim() || '#fff';
      ctx.lineWidth = 6;
      ctx.globalAlpha = 0.8;
      ctx.beginPath();
      trace(ctx, line.x, front(line), px, py);
      ctx.stroke();
      ctx.globalAlpha = 1;
      ctx.strokeStyle = line.colour;
      ctx.lineWidth = 2.6;
      ctx.stroke();
    }
    this.tell(ctx, px, py);
  }

  private tell(ctx: CanvasRenderingContext2D, px: (x: number) => number, py: (y: number) => number): void {
    this.tip.hidden = !this.at;
    if (!this.at) {
      return;
    }
    const { lines, axis, faint } = this.shown!;
    const x = this.plot!.posToVal(this.at[0], 'x');
    const found = lines
      .filter(line => line.x.length && !faint(line.id))
      .map(line => ({ line, place: nearest(line.x, x), value: front(line)[nearest(line.x, x)] }))
      .filter(({ value }) => value !== null)
      .map(one => ({ ...one, away: Math.abs(py(one.value!) - this.at![1]) }))
      .sort((a, b) => Number(b.line.id === this.near) - Number(a.line.id === this.near) || a.away - b.away);
    const listed = found.slice(0, LISTED).sort((a, b) => b.value! - a.value!);
    for (const { line, place, value } of listed) {
      ctx.beginPath();
      ctx.fillStyle = line.colour;
      ctx.arc(px(line.x[place]), py(value!), line.id === this.near ? 4 : 2.5, 0, 2 * Math.PI);
      ctx.fill();
    }
    const head = document.createElement('div');
    head.className = 'lw-Curve-tip-head';
    head.textContent = at(
      listed.find(one => one.line.id === this.near)?.line.x[
        listed.find(one => one.line.id === this.near)!.place
      ] ?? x,
      axis
    );
    const rows = listed.map(({ line, value }) => {
      const row = document.createElement('div');
      row.className = 'lw-Curve-tip-row';
      row.classList.toggle('lw-mod-near', line.id === this.near);
      const swatch = document.createElement('span');
      swatch.className = 'lw-swatch';
      swatch.style.background = line.colour;
      const name = document.createElement('span');
      name.className = 'lw-ellipsis';
      name.textContent = line.label;
      const said = document.createElement('span');
      said.className = 'lw-Curve-tip-value';
      said.textContent = number(value);
      row.append(swatch, name, said);
      return row;
    });
    if (found.length > listed.length) {
      const more = document.createElement('div');
      more.className = 'lw-Curve-tip-head';
      more.textContent = `+ ${found.length - listed.length}`;
      rows.push(more);
    }
    this.tip.replaceChildren(head, ...rows);
    const over = this.plot!.over;
    const right = this.at[0] > over.clientWidth / 2;
    this.tip.style.left = right ? '' : `${this.at[0] + 14}px`;
    this.tip.style.right = right ? `${over.clientWidth - this.at[0] + 14}px` : '';
  }

  private plot: uPlot | null = null;
  private shown: IShown | null = null;
  private kind = '';
  private extent: Span = [0, 1];
  private lit: string | null = null;
  private near: string | null = null;
  private at: [number, number] | null = null;
  private dragged = false;
  private frame = 0;
  private readonly overlay = document.createElement('canvas');
  private readonly tip = document.createElement('div');
}

const WHOLE = Array.from({ length: 13 }, (_, power) => 10 ** power);

const front = (line: ILine): readonly (number | null)[] => (line.smooth.length ? line.smooth : line.y);

function at(x: number, axis: Axis): string {
  return axis === 'wall'
    ? new Date(x * 1000).toLocaleString()
    : axis === 'relative'
      ? elapsed(x)
      : `${Math.round(x).toLocaleString()}`;
}
