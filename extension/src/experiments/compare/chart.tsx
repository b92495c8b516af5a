import React, { useContext, useEffect, useMemo, useRef, type ReactElement } from 'react';

import { Button } from '../../common/button';
import { number } from '../../common/format';
import { Visible } from '../../common/resource';
import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import type { Comparison, CurveWindow, IWanted } from './api';
import { CurveChart } from './curvechart';
import { useLoaded, useOnScreen, useSettled, useTheme, useWidth } from './hooks';
import type { ILine, Span } from './lines';
import type { CompareModel } from './model';
import { elapsed, nameOf } from './words';

// So many points can be painted in a few milliseconds; more than a chart has pixels nobody sees.
const MOST_POINTS = 40_000;
const SETTLE_MILLISECONDS = 60;

interface IProps {
  model: CompareModel;
  comparison: Comparison;
  metric: string;
  base: string;
}

/** A metric's curves. They are asked for when the chart comes onto the screen, and again for each range. */
export function MetricChart({ model, comparison, metric, base }: IProps): ReactElement {
  const { trans } = useWorkbench();
  const view = useStore(model.view);
  const hovered = useStore(model.hovered);
  const brushed = useStore(model.brushed);
  const figure = useRef<HTMLElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<CurveChart | null>(null);
  const visible = useContext(Visible);
  const seen = useOnScreen(figure);
  const width = useWidth(host);
  const theme = useTheme();

  const runs = useMemo(
    () => comparison.runs.filter(run => metric in run.metrics).map(run => run.run_id),
    [comparison, metric]
  );
  const points = Math.max(
    60,
    Math.min(2 * Math.ceil(width / 100) * 100, Math.floor(MOST_POINTS / runs.length))
  );
  const wanted = useSettled(
    useMemo(
      (): IWanted => ({
        runs,
        metric,
        axis: view.axis,
        low: view.range?.[0],
        high: view.range?.[1],
        points,
        smoothing: view.smoothing,
        logX: view.logX
      }),
      [runs, metric, view.axis, view.range, points, view.smoothing, view.logX]
    ),
    SETTLE_MILLISECONDS
  );
  // While runs go on, their last values say that there is more to see.
  const growing = comparison.runs
    .filter(run => run.status === 'RUNNING')
    .map(run => `${run.metrics[metric]?.step} ${run.metrics[metric]?.text}`);
  const key = visible && seen && width > 0 ? JSON.stringify([wanted, growing]) : null;
  const { data, error, busy, again } = useLoaded(key, gone => model.curves(wanted, gone));

  const lines = useMemo(() => linesOf(model, comparison, data), [model, comparison, data]);
  const shown = useMemo(() => {
    if (!data || data.low === null || data.high === null) {
      return null;
    }
    const there = lines.filter(line => !view.hidden.includes(line.id));
    const { isolated } = view;
    return {
      lines: there,
      // The old axis' data are not shown over the new axis' range while the new ones come.
      range: (data.axis === view.axis && view.range ? view.range : [data.low, data.high]) as Span,
      axis: data.axis,
      logX: view.logX,
      logY: view.logY,
      base,
      faint: (id: string) => (isolated !== null && isolated !== id) || (brushed !== null && !brushed.has(id))
    };
  }, [lines, data, view.hidden, view.isolated, view.range, view.axis, view.logX, view.logY, base, brushed]);

  useEffect(() => {
    if (!host.current) {
      return undefined;
    }
    const made = new CurveChart(host.current, {
      zoom: range => model.change({ range }),
      hover: id => model.hovered.set(id),
      pick: id => model.isolate(id)
    });
    chart.current = made;
    return () => made.dispose();
  }, [model]);
  useEffect(() => {
    if (shown && width > 0) {
      chart.current?.show(shown, width);
    }
  }, [shown, width]);
  useEffect(() => chart.current?.repaint(), [theme]);
  useEffect(() => chart.current?.highlight(hovered), [hovered]);

  return (
    <figure
      className="lw-Curve"
      ref={figure}
      aria-busy={busy}
      data-metric={metric}
      data-exact={isExact(data)}
    >
      <figcaption title={metric}>
        <span className="lw-ellipsis">{metric}</span>
        <span className="lw-quiet lw-Curve-note">
          {noteOf(data, view.hidden, view.logX, view.logY, trans)}
        </span>
      </figcaption>
      <div
        className="lw-Curve-canvas"
        ref={host}
        role="img"
        aria-label={data ? wordsOf(metric, data, comparison, trans) : trans.__('%1: loading', metric)}
      />
      {error ? (
        <div className="lw-Curve-error" role="alert">
          <span>{error.detail}</span>
          <Button label={trans.__('Try again')} onClick={again} />
        </div>
      ) : null}
    </figure>
  );
}

function linesOf(model: CompareModel, comparison: Comparison, data: CurveWindow | null): ILine[] {
  const names = new Map(comparison.runs.map(run => [run.run_id, nameOf(run)]));
  return (data?.series ?? []).flatMap(one => {
    const label = names.get(one.run_id);
    return label === undefined
      ? []
      : [{ id: one.run_id, label, colour: model.colour(one.run_id), x: one.x, y: one.y, smooth: one.smooth }];
  });
}

const isExact = (data: CurveWindow | null): boolean | undefined => data?.series.every(one => one.exact);

type Trans = ReturnType<typeof useWorkbench>['trans'];

/** What the picture does not show. */
function noteOf(
  data: CurveWindow | null,
  hidden: readonly string[],
  logX: boolean,
  logY: boolean,
  trans: Trans
): string {
  const series = (data?.series ?? []).filter(one => !hidden.includes(one.run_id));
  const sum = (of: (one: (typeof series)[number]) => number): number =>
    series.reduce((total, one) => total + of(one), 0);
  const [nan, infinite] = [sum(one => one.nan), sum(one => one.infinite)];
  const under = sum(
    one => one.x.filter((x, i) => (logX && x <= 0) || (logY && one.y[i] !== null && one.y[i]! <= 0)).length
  );
  return [
    nan || infinite
      ? trans.__(
          'gaps: %1',
          [nan ? `${nan} NaN` : '', infinite ? `${infinite} ∞` : ''].filter(Boolean).join(', ')
        )
      : '',
    under ? trans.__('values of 0 and less have no place on a log axis') : '',
    series.length && !isExact(data) ? trans.__('thinned, peaks kept; zoom in for every point') : ''
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The chart in words. */
function wordsOf(metric: string, data: CurveWindow, comparison: Comparison, trans: Trans): string {
  const names = new Map(comparison.runs.map(run => [run.run_id, nameOf(run)]));
  const ends = data.series
    .map(one => ({
      name: names.get(one.run_id) ?? '',
      last: [...one.y].reverse().find(y => y !== null) ?? null
    }))
    .filter((one): one is { name: string; last: number } => one.last !== null)
    .sort((a, b) => a.last - b.last);
  const x = (value: number | null): string =>
    value === null
      ? ''
      : data.axis === 'wall'
        ? new Date(value * 1000).toLocaleString()
        : data.axis === 'relative'
          ? elapsed(value)
          : number(value);
  const some = ends.length <= 6 ? ends : [ends[0], ends[ends.length - 1]];
  return trans.__(
    '%1: curves of %2 runs from %3 to %4; last values: %5',
    metric,
    data.series.length,
    x(data.low),
    x(data.high),
    some.map(one => `${one.name} ${number(one.last)}`).join(some.length < ends.length ? ' … ' : ', ')
  );
}
