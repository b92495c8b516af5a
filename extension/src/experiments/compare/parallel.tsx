import React, { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';

import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import { AxisOf } from './axis';
import { shade } from './colours';
import { isNumeric, usualAxes } from './dimensions';
import { useWidth } from './hooks';
import type { Span } from './lines';
import { Pick } from './pick';
import { useStanding, type IRelationProps } from './relations';
import { HEIGHT, INSIDE, pathOf, scaleOf, SIDE, TOP } from './scales';
import { mainMetric, nameOf } from './words';

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

function withBrush(before: Record<string, Span>, key: string, span: Span | null): Record<string, Span> {
  const { [key]: _, ...others } = before;
  return span ? { ...others, [key]: span } : others;
}
