import React, {
  useEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement
} from 'react';

import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import type { Axis, Comparison } from './api';
import { useLoaded, useOnScreen, useTheme, useWidth } from './hooks';
import { extent, toPixels, trace, type Span } from './lines';
import type { CompareModel } from './model';
import { elapsed } from './words';

const HEIGHT = 44;
const POINTS = 120;
const EDGE = 8; // pixels within which an edge is grabbed
const STEP = 0.1; // of the range, for a key

/** All of x, small, with the part that the charts show: draw one, move it, pull its edges; twice clicked it is all. */
export function Strip({
  model,
  comparison,
  metric
}: {
  model: CompareModel;
  comparison: Comparison;
  metric: string;
}): ReactElement {
  const { trans } = useWorkbench();
  const view = useStore(model.view);
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const seen = useOnScreen(box);
  const theme = useTheme();
  const runs = comparison.runs.map(run => run.run_id);
  const { data } = useLoaded(seen ? `${view.axis} ${metric} ${comparison.runs.length}` : null, gone =>
    model.curves({ runs, metric, axis: view.axis, points: POINTS, smoothing: 0.6, logX: false }, gone)
  );
  const whole: Span | null =
    data && data.axis === view.axis && data.low !== null && data.high !== null && data.high > data.low
      ? [data.low, data.high]
      : null;

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !canvas.current || !width) {
      return;
    }
    const ratio = window.devicePixelRatio;
    canvas.current.width = width * ratio;
    canvas.current.height = HEIGHT * ratio;
    if (!whole || !data) {
      return;
    }
    context.scale(ratio, ratio);
    const lines = data.series.map(one => ({
      id: one.run_id,
      label: '',
      colour: model.colour(one.run_id),
      x: one.x,
      y: one.smooth,
      smooth: []
    }));
    const [low, high] = extent(lines, whole, false);
    const down = toPixels([low, high], false, 0, HEIGHT - 8);
    for (const line of lines.filter(one => !view.hidden.includes(one.id))) {
      context.strokeStyle = line.colour;
      context.globalAlpha = lines.length > 12 ? 0.25 : 0.8;
      context.beginPath();
      trace(context, line.x, line.y, toPixels(whole, false, 0, width), value => HEIGHT - 4 - down(value));
      context.stroke();
    }
  }, [data, width, theme, view.hidden, whole?.[0], whole?.[1]]);

  const [draft, setDraft] = useState<Span | null>(null);
  const grip = useRef<((x: number) => Span) | null>(null);
  const range = draft ?? view.range;
  const place = (x: number): number => (whole ? ((x - whole[0]) / (whole[1] - whole[0])) * width : 0);
  const valueAt = (event: PointerEvent): number =>
    whole![0] +
    (Math.min(Math.max(event.clientX - box.current!.getBoundingClientRect().left, 0), width) / width) *
      (whole![1] - whole![0]);

  const down = (event: PointerEvent): void => {
    if (!whole || event.button !== 0) {
      return;
    }
    event.currentTarget.setPointerCapture(event.pointerId);
    const start = valueAt(event);
    const left = event.clientX - box.current!.getBoundingClientRect().left;
    if (range && Math.abs(left - place(range[0])) < EDGE) {
      grip.current = x => sorted(x, range[1]);
    } else if (range && Math.abs(left - place(range[1])) < EDGE) {
      grip.current = x => sorted(range[0], x);
    } else if (range && start > range[0] && start < range[1]) {
      const [from, to] = range;
      grip.current = x => {
        const by = Math.min(Math.max(x - start, whole[0] - from), whole[1] - to);
        return [from + by, to + by];
      };
    } else {
      grip.current = x => sorted(start, x);
    }
  };
  const move = (event: PointerEvent): void => {
    if (grip.current) {
      setDraft(grip.current(valueAt(event)));
    }
  };
  const up = (): void => {
    if (draft && whole && place(draft[1]) - place(draft[0]) > 3) {
      model.change({ range: draft });
    }
    grip.current = null;
    setDraft(null);
  };
  const key = (event: KeyboardEvent): void => {
    if (!whole) {
      return;
    }
    const [from, to] = view.range ?? whole;
    const by = (to - from) * STEP;
    const next: Record<string, Span | null> = {
      ArrowLeft: [Math.max(from - by, whole[0]), Math.max(from - by, whole[0]) + to - from],
      ArrowRight: [Math.min(to + by, whole[1]) - (to - from), Math.min(to + by, whole[1])],
      '+': [from + by, to - by],
      '-': [Math.max(from - by, whole[0]), Math.min(to + by, whole[1])],
      Escape: null
    };
    if (event.key in next) {
      event.preventDefault();
      event.stopPropagation();
      model.change({ range: next[event.key] });
    }
  };

  return (
    <div className="lw-Strip-line">
      <div
        className="lw-Strip"
        ref={box}
        role="group"
        tabIndex={0}
        aria-label={trans.__(
          'Range of all charts: %1. Arrows move it, + and − zoom, Escape shows all.',
          range ? said(range, view.axis) : trans.__('all')
        )}
        title={trans.__('Drag to zoom all charts; double-click for all')}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
        onDoubleClick={() => model.change({ range: null })}
        onKeyDown={key}
      >
        <canvas ref={canvas} style={{ width: '100%', height: HEIGHT }} aria-hidden="true" />
        {range && whole ? (
          <div
            className="lw-Strip-window"
            style={{ left: place(range[0]), width: Math.max(place(range[1]) - place(range[0]), 2) }}
          />
        ) : null}
      </div>
      {view.range ? (
        <button type="button" className="lw-link" onClick={() => model.change({ range: null })}>
          {trans.__('%1: show all', said(range!, view.axis))}
        </button>
      ) : (
        <span className="lw-quiet">{trans.__('drag to zoom')}</span>
      )}
    </div>
  );
}

const sorted = (a: number, b: number): Span => (a < b ? [a, b] : [b, a]);

function said([low, high]: Span, axis: Axis): string {
  const one = (x: number): string =>
    axis === 'wall'
      ? new Date(x * 1000).toLocaleTimeString()
      : axis === 'relative'
        ? elapsed(x)
        : Math.round(x).toLocaleString();
  return `${one(low)} – ${one(high)}`;
}
