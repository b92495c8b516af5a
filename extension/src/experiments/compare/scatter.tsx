import React, { useMemo, useRef, type ReactElement } from 'react';

import { number } from '../../common/format';
import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import { isNumeric, paretoFront, ticks, usualCost, type IDimension } from './dimensions';
import { useWidth } from './hooks';
import { toPixels, type Span } from './lines';
import { Pick } from './pick';
import { useStanding, type IRelationProps } from './relations';
import { mainMetric, nameOf } from './words';

const HEIGHT = 320;
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 18, 14, 44];

/** Two dimensions against each other, at first what a run cost and how good it is; the Pareto front is drawn. */
export function Scatter({ model, comparison, dimensions, base }: IRelationProps): ReactElement {
  const { trans } = useWorkbench();
  const view = useStore(model.view);
  const { hovered, faint, hidden } = useStanding(model);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const numeric = useMemo(() => dimensions.filter(isNumeric), [dimensions]);
  const find = (key: string | null, usual: string): IDimension | undefined =>
    numeric.find(one => one.key === key) ?? numeric.find(one => one.key === usual) ?? numeric[0];
  const x = find(view.scatterX, usualCost(dimensions));
  const y = find(view.scatterY, `metrics.${mainMetric(comparison)}`);
  if (!x || !y) {
    return <></>;
  }
  const points = comparison.runs
    .map((run, index) => ({
      run,
      index,
      x: x.values[index] as number | null,
      y: y.values[index] as number | null
    }))
    .filter(
      (one): one is typeof one & { x: number; y: number } =>
        one.x !== null && one.y !== null && !hidden(one.run.run_id)
    );
  const logX = view.scatterLogX && points.every(one => one.x > 0);
  const logY = view.scatterLogY && points.every(one => one.y > 0);
  const [spanX, spanY] = [
    wide(
      points.map(one => one.x),
      logX
    ),
    wide(
      points.map(one => one.y),
      logY
    )
  ];
  const px = toPixels(spanX, logX, LEFT, Math.max(width - LEFT - RIGHT, 10));
  const up = toPixels(spanY, logY, 0, HEIGHT - TOP - BOTTOM);
  const py = (value: number): number => HEIGHT - BOTTOM - up(value);
  const known = x.direction !== 'none' && y.direction !== 'none' && x.key !== y.key;
  const front = known
    ? paretoFront(points, x.direction === 'down', y.direction === 'down').map(place => points[place])
    : [];
  const step = front
    .map((one, i) =>
      i
        ? `H${px(one.x).toFixed(1)}V${py(one.y).toFixed(1)}`
        : `M${px(one.x).toFixed(1)},${py(one.y).toFixed(1)}`
    )
    .join('');
  const left = comparison.runs.length - points.length;
  return (
    <figure className="lw-Scatter" aria-label={trans.__('Scatter')}>
      <div className="lw-Comparison-tools">
        <Pick
          label="x"
          value={x.key}
          dimensions={numeric}
          onChange={key => model.change({ scatterX: key })}
        />
        <label className="lw-Toggle">
          <input
            type="checkbox"
            checked={view.scatterLogX}
            onChange={event => model.change({ scatterLogX: event.target.checked })}
          />
          {trans.__('log')}
        </label>
        <Pick
          label="y"
          value={y.key}
          dimensions={numeric}
          onChange={key => model.change({ scatterY: key })}
        />
        <label className="lw-Toggle">
          <input
            type="checkbox"
            checked={view.scatterLogY}
            onChange={event => model.change({ scatterLogY: event.target.checked })}
          />
          {trans.__('log')}
        </label>
        <span className="lw-quiet">
          {known
            ? trans._n('%1 run on the Pareto front', '%1 runs on the Pareto front', front.length)
            : trans.__('no Pareto front: it is not known which values are better')}
          {(view.scatterLogX && !logX) || (view.scatterLogY && !logY)
            ? ` · ${trans.__('values of 0 and less have no place on a log axis')}`
            : ''}
          {left ? ` · ${trans.__('%1 without both values or hidden', left)}` : ''}
        </span>
      </div>
      <div ref={box} className="lw-Scatter-box">
        {width > 0 && points.length ? (
          <svg
            width={width}
            height={HEIGHT}
            role="img"
            aria-label={trans.__(
              '%1 against %2 for %3 runs; on the Pareto front: %4',
              y.label,
              x.label,
              points.length,
              front
                .slice(0, 6)
                .map(one => nameOf(one.run))
                .join(', ') || trans.__('none')
            )}
          >
            {ticks(spanY[0], spanY[1], 5, logY).map(value => (
              <g key={value}>
                <line
                  className="lw-Scatter-grid"
                  x1={LEFT}
                  x2={width - RIGHT}
                  y1={py(value)}
                  y2={py(value)}
                />
                <text x={LEFT - 7} y={py(value)} textAnchor="end" dominantBaseline="middle">
                  {number(value)}
                </text>
              </g>
            ))}
            {ticks(spanX[0], spanX[1], Math.max(Math.floor(width / 110), 2), logX).map(value => (
              <g key={value}>
                <line
                  className="lw-Scatter-grid"
                  x1={px(value)}
                  x2={px(value)}
                  y1={TOP}
                  y2={HEIGHT - BOTTOM}
                />
                <text x={px(value)} y={HEIGHT - BOTTOM + 16} textAnchor="middle">
                  {number(value)}
                </text>
              </g>
            ))}
            <text
              className="lw-Scatter-label"
              x={(LEFT + width - RIGHT) / 2}
              y={HEIGHT - 6}
              textAnchor="middle"
            >
              {short(x.label)}
            </text>
            <text
              className="lw-Scatter-label"
              transform={`translate(12 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`}
              textAnchor="middle"
            >
              {short(y.label)}
            </text>
            {step ? <path className="lw-Scatter-front" d={step} /> : null}
            {points.map(one => (
              <circle
                key={one.run.run_id}
                data-run={one.run.run_id}
                className={`lw-Scatter-dot ${one.run.run_id === hovered ? 'lw-mod-hovered' : faint(one.run.run_id) ? 'lw-mod-faint' : ''} ${front.includes(one) ? 'lw-mod-front' : ''}`}
                cx={px(one.x)}
                cy={py(one.y)}
                r={one.run.run_id === hovered ? 8 : one.run.run_id === base ? 7 : 5}
                fill={model.colour(one.run.run_id)}
                onPointerEnter={() => model.hovered.set(one.run.run_id)}
                onPointerLeave={() => model.hovered.set(null)}
                onClick={() => model.isolate(one.run.run_id)}
              >
                <title>{`${nameOf(one.run)}\n${x.label}: ${number(one.x)}\n${y.label}: ${number(one.y)}`}</title>
              </circle>
            ))}
            {labelled(points, front, hovered).map(one => (
              <text
                key={one.run.run_id}
                className="lw-Scatter-name"
                x={px(one.x) + (px(one.x) > width - 120 ? -9 : 9)}
                y={py(one.y) - 8}
                textAnchor={px(one.x) > width - 120 ? 'end' : 'start'}
              >
                {short(nameOf(one.run))}
              </text>
            ))}
          </svg>
        ) : (
          <p className="lw-quiet">{width > 0 ? trans.__('No run has both values.') : ''}</p>
        )}
      </div>
    </figure>
  );
}

/** Names beside their points: of all where they are few, else of the one under the pointer. */
function labelled<T extends { run: { run_id: string } }>(
  points: T[],
  front: T[],
  hovered: string | null
): T[] {
  const few = points.length <= 8 ? points : front.length <= 6 ? front : [];
  const pointed = points.find(one => one.run.run_id === hovered);
  return hovered && pointed ? [pointed] : few;
}

const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

function wide(values: number[], log: boolean): Span {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (log) {
    const room = Math.max(Math.log(high / low) * 0.05, 0.05);
    return [low / Math.exp(room), high * Math.exp(room)];
  }
  const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}
