import React, { useEffect, useMemo, useRef, useState, type PointerEvent, type ReactElement } from 'react';

import { number } from '../../common/format';
import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import { shade } from './colours';
import { isNumeric, ticks, usualAxes, type IDimension } from './dimensions';
import { useWidth } from './hooks';
import { toPixels, type Span } from './lines';
import { Pick } from './pick';
import { useStanding, type IRelationProps } from './relations';
import { mainMetric, nameOf } from './words';

const HEIGHT = 300;
const TOP = 46;
const BOTTOM = 22;
const SIDE = 76;
const CATEGORIES = 40;

interface IScale {
  dimension: IDimension;
  log: boolean;
  /** Whether a logarithmic axis is possible. */
  canLog: boolean;
  place: (value: number | string | null) => number | null;
  marks: { value: string; y: number }[];
}

/** A line a run, an axis a parameter or metric. Axes are moved by their names, and filtered by drawing along them. */
export function Parallel({ model, comparison, dimensions }: IRelationProps): ReactElement {
  const { trans } = useWorkbench();
  const view = useStore(model.view);
  const { hovered, faint, hidden } = useStanding(model);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const main = mainMetric(comparison);
  const keys = view.axes ?? usualAxes(dimensions, main);
  const scales = useMemo(
    () =>
      keys.flatMap(key => {
        const dimension = dimensions.find(one => one.key === key);
        return dimension ? [scaleOf(dimension, view.logAxes.includes(key))] : [];
      }),
    [keys.join('\n'), dimensions, view.logAxes]
  );
  const colourKey = view.colourBy ?? (main === null ? '' : `metrics.${main}`);
  const colours = useMemo(() => {
    const dimension = dimensions.find(one => one.key === colourKey);
    const scale = dimension && scaleOf(dimension, view.logAxes.includes(colourKey));
    return comparison.runs.map((run, index) => {
      const y = scale?.place(dimension!.values[index]) ?? null;
      return scale
        ? y === null
          ? 'var(--jp-ui-font-color3)'
          : shade(1 - (y - TOP) / INSIDE)
        : model.colour(run.run_id);
    });
  }, [colourKey, dimensions, comparison, model, view.logAxes]);

  const [brushes, setBrushes] = useState<Record<string, Span>>({});
  useEffect(() => {
    const active = scales.filter(scale => brushes[scale.dimension.key]);
    model.brushed.set(
      active.length
        ? new Set(
            comparison.runs
              .filter((_, index) =>
                active.every(scale => {
                  const y = scale.place(scale.dimension.values[index]);
                  const [from, to] = brushes[scale.dimension.key];
                  return y !== null && y >= from - 1 && y <= to + 1;
                })
              )
              .map(run => run.run_id)
          )
        : null
    );
  }, [brushes, scales, comparison, model]);
  useEffect(() => () => model.brushed.set(null), [model]);

  const [moving, setMoving] = useState<{ key: string; x: number } | null>(null);
  const gap = scales.length > 1 ? (width - 2 * SIDE) / (scales.length - 1) : 0;
  const xOf = (place: number): number =>
    moving?.key === scales[place].dimension.key ? moving.x : SIDE + gap * place;
  const reorder = (key: string, to: number): void => {
    const others = keys.filter(one => one !== key);
    others.splice(Math.min(Math.max(to, 0), others.length), 0, key);
    model.change({ axes: others });
  };
  const order = comparison.runs
    .map((run, index) => ({ run, index }))
    .filter(({ run }) => !hidden(run.run_id))
    .sort((a, b) => rank(a.run.run_id) - rank(b.run.run_id));
  function rank(id: string): number {
    return id === hovered ? 2 : faint(id) ? 0 : 1;
  }

  return (
    <figure className="lw-Parallel" aria-label={trans.__('Parallel coordinates')}>
      <div className="lw-Comparison-tools">
        <Pick
          label={trans.__('Colour by')}
          value={colourKey}
          dimensions={dimensions.filter(isNumeric)}
          none={trans.__('run')}
          onChange={key => model.change({ colourBy: key })}
        />
        <Pick
          label={trans.__('Add an axis')}
          value=""
          dimensions={dimensions.filter(one => !keys.includes(one.key))}
          none="…"
          onChange={key => key && model.change({ axes: [...keys, key] })}
        />
        {view.axes ? (
          <button type="button" className="lw-link" onClick={() => model.change({ axes: null, logAxes: [] })}>
            {trans.__('Default axes')}
          </button>
        ) : null}
        {Object.keys(brushes).length ? (
          <button type="button" className="lw-link" onClick={() => setBrushes({})}>
            {trans.__('Clear the brushes')}
          </button>
        ) : (
          <span className="lw-quiet">
            {trans.__('draw along an axis to filter; drag its name to move it')}
          </span>
        )}
      </div>
      <div ref={box} className="lw-Parallel-box">
        {width > 0 && scales.length ? (
          <svg width={width} height={HEIGHT} role="group">
            {order.map(({ run, index }) => (
              <path
                key={run.run_id}
                data-run={run.run_id}
                className={`lw-Parallel-line ${run.run_id === hovered ? 'lw-mod-hovered' : faint(run.run_id) ? 'lw-mod-faint' : ''}`}
                style={{ stroke: colours[index], strokeWidth: comparison.runs.length > 20 ? 1.3 : 2 }}
                d={pathOf(scales, index, xOf)}
                onPointerEnter={() => model.hovered.set(run.run_id)}
                onPointerLeave={() => model.hovered.set(null)}
                onClick={() => model.isolate(run.run_id)}
              >
                <title>{nameOf(run)}</title>
              </path>
            ))}
            {scales.map((scale, place) => (
              <AxisOf
                key={scale.dimension.key}
                scale={scale}
                x={xOf(place)}
                brush={brushes[scale.dimension.key] ?? null}
                room={gap || width - 2 * SIDE}
                onBrush={span => setBrushes(before => withBrush(before, scale.dimension.key, span))}
                onLog={() =>
                  model.change({
                    logAxes: scale.log
                      ? view.logAxes.filter(key => key !== scale.dimension.key)
                      : [...view.logAxes, scale.dimension.key]
                  })
                }
                onRemove={() => {
                  model.change({ axes: keys.filter(key => key !== scale.dimension.key) });
                  setBrushes(before => withBrush(before, scale.dimension.key, null));
                }}
                onMove={x =>
                  setMoving({ key: scale.dimension.key, x: Math.min(Math.max(x, 10), width - 10) })
                }
                onDrop={() => {
                  if (moving && gap) {
                    reorder(moving.key, Math.round((moving.x - SIDE) / gap));
                  }
                  setMoving(null);
                }}
                onStep={by => reorder(scale.dimension.key, place + by)}
              />
            ))}
          </svg>
        ) : null}
      </div>
    </figure>
  );
}

const INSIDE = HEIGHT - TOP - BOTTOM;

function withBrush(before: Record<string, Span>, key: string, span: Span | null): Record<string, Span> {
  const { [key]: _, ...others } = before;
  return span ? { ...others, [key]: span } : others;
}

function pathOf(scales: IScale[], run: number, xOf: (place: number) => number): string {
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

function scaleOf(dimension: IDimension, wantsLog: boolean): IScale {
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

interface IAxisProps {
  scale: IScale;
  x: number;
  room: number;
  brush: Span | null;
  onBrush: (span: Span | null) => void;
  onLog: () => void;
  onRemove: () => void;
  onMove: (x: number) => void;
  onDrop: () => void;
  onStep: (by: number) => void;
}

function AxisOf(props: IAxisProps): ReactElement {
  const { scale, x, room, brush, onBrush, onLog, onRemove, onMove, onDrop, onStep } = props;
  const { trans } = useWorkbench();
  const start = useRef<number | null>(null);
  const dragging = useRef(false);
  const yAt = (event: PointerEvent<SVGElement>): number =>
    Math.min(
      Math.max(event.clientY - event.currentTarget.ownerSVGElement!.getBoundingClientRect().top, TOP),
      TOP + INSIDE
    );
  const xAt = (event: PointerEvent<SVGElement>): number =>
    event.clientX - event.currentTarget.ownerSVGElement!.getBoundingClientRect().left;
  const label = scale.dimension.label;
  const fits = Math.max(Math.floor(Math.min(room, 150) / 7.6), 6);
  return (
    <g className="lw-Parallel-axis" data-axis={scale.dimension.key}>
      <line x1={x} x2={x} y1={TOP} y2={TOP + INSIDE} />
      {scale.marks.map(mark => (
        <text key={mark.value} x={x - 7} y={mark.y} textAnchor="end" dominantBaseline="middle">
          {mark.value.length > 12 ? `${mark.value.slice(0, 11)}…` : mark.value}
        </text>
      ))}
      <rect
        className="lw-Parallel-brush"
        x={x - 9}
        y={TOP - 4}
        width={18}
        height={INSIDE + 8}
        onPointerDown={event => {
          event.currentTarget.setPointerCapture(event.pointerId);
          start.current = yAt(event);
        }}
        onPointerMove={event => {
          if (start.current !== null && Math.abs(yAt(event) - start.current) > 2) {
            onBrush([Math.min(start.current, yAt(event)), Math.max(start.current, yAt(event))]);
          }
        }}
        onPointerUp={event => {
          if (start.current !== null && Math.abs(yAt(event) - start.current) <= 2) {
            onBrush(null);
          }
          start.current = null;
        }}
      />
      {brush ? (
        <rect className="lw-Parallel-window" x={x - 7} y={brush[0]} width={14} height={brush[1] - brush[0]} />
      ) : null}
      <text
        className="lw-Parallel-name"
        x={x}
        y={14}
        textAnchor="middle"
        tabIndex={0}
        role="button"
        aria-label={trans.__('Axis %1: arrows move it, Delete takes it away', label)}
        onPointerDown={event => {
          event.currentTarget.setPointerCapture(event.pointerId);
          dragging.current = true;
        }}
        onPointerMove={event => {
          if (dragging.current) {
            onMove(xAt(event));
          }
        }}
        onPointerUp={() => {
          dragging.current = false;
          onDrop();
        }}
        onKeyDown={event => {
          if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
            event.preventDefault();
            onStep(event.key === 'ArrowLeft' ? -1 : 1);
          } else if (event.key === 'Delete') {
            onRemove();
          }
        }}
      >
        <title>{label}</title>
        {label.length > fits ? `${label.slice(0, fits - 1)}…` : label}
      </text>
      {scale.canLog ? (
        <AxisButton
          x={x - 12}
          text="log"
          pressed={scale.log}
          label={trans.__('Logarithmic axis %1', label)}
          onClick={onLog}
        />
      ) : null}
      <AxisButton
        x={scale.canLog ? x + 14 : x}
        text="×"
        label={trans.__('Take the axis %1 away', label)}
        onClick={onRemove}
      />
    </g>
  );
}

function AxisButton(props: {
  x: number;
  text: string;
  label: string;
  pressed?: boolean;
  onClick: () => void;
}): ReactElement {
  return (
    <text
      className={`lw-Parallel-button ${props.pressed ? 'lw-mod-pressed' : ''}`}
      x={props.x}
      y={31}
      textAnchor="middle"
      role="button"
      tabIndex={0}
      aria-label={props.label}
      aria-pressed={props.pressed}
      onClick={props.onClick}
      onKeyDown={event => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          props.onClick();
        }
      }}
    >
      <title>{props.label}</title>
      {props.text}
    </text>
  );
}
