import type { TranslationBundle } from '@jupyterlab/translation';

import type { Comparison } from './api';
import { costLabel } from './words';

/** Something that runs have a value of: an axis of the parallel coordinates or of the scatter. */
export interface IDimension {
  key: string;
  label: string;
  group: string;
  /** By the runs' order; null where a run has none. */
  values: (number | string | null)[];
  /** Which values are better, where it is known. */
  direction: 'up' | 'down' | 'none';
  differs: boolean;
}

/** Parameters, metrics, costs and the duration of runs. */
export function dimensionsOf(comparison: Comparison, trans: TranslationBundle): IDimension[] {
  const found: IDimension[] = [];
  for (const row of comparison.params) {
    const texts = row.values.map(value => value.text);
    const numeric = texts.every(text => text === '' || (text.trim() !== '' && Number.isFinite(Number(text))));
    found.push({
      key: `params.${row.name}`,
      label: row.name,
      group: trans.__('Parameters'),
      values: texts.map(text => (text === '' ? null : numeric ? Number(text) : text)),
      direction: 'none',
      differs: row.differs
    });
  }
  const numbers = (
    key: string,
    group: string,
    rows: Comparison['metrics'],
    label: (name: string) => string
  ): void =>
    rows.forEach(row =>
      found.push({
        key: `${key}.${row.name}`,
        label: label(row.name),
        group,
        values: row.values.map(one => one.value ?? null),
        direction: row.direction ?? 'none',
        differs: row.differs
      })
    );
  numbers('metrics', trans.__('Metrics'), comparison.metrics, name => name);
  numbers('costs', trans.__('Costs'), comparison.costs ?? [], name => costLabel(name, trans));
  const durations = comparison.runs.map(run =>
    run.started && run.ended ? (Date.parse(run.ended) - Date.parse(run.started)) / 1000 : null
  );
  found.push({
    key: 'duration',
    label: trans.__('duration (s)'),
    group: trans.__('Costs'),
    values: durations,
    direction: 'down',
    differs: new Set(durations).size > 1
  });
  return found;
}

export const isNumeric = (one: IDimension): boolean =>
  one.values.some(value => typeof value === 'number') && one.values.every(value => typeof value !== 'string');

/** What costs are shown by: money, else time that was measured, else the run's duration. */
export function usualCost(dimensions: IDimension[]): string {
  const there = ['costs.money', 'costs.gpu_seconds', 'costs.wall_seconds'].find(key =>
    dimensions.some(one => one.key === key && one.differs)
  );
  return there ?? 'duration';
}

const CATEGORIES = 12;
const PARAMS = 6;

/** The axes of the parallel coordinates: parameters that differ and most runs have, what it cost, the main metric. */
export function usualAxes(dimensions: IDimension[], main: string | null): string[] {
  const having = ({ values }: IDimension): number => values.filter(value => value !== null).length;
  const fit = dimensions
    .filter(one => one.key.startsWith('params.') && one.differs)
    .filter(one => isNumeric(one) || new Set(one.values).size <= CATEGORIES)
    .filter(one => new Set(one.values.filter(value => value !== null)).size > 1)
    .sort((a, b) => having(b) - having(a))
    .slice(0, PARAMS);
  return [...fit.map(one => one.key), usualCost(dimensions), ...(main === null ? [] : [`metrics.${main}`])];
}

/**
 * Places of the points that no other point beats in both: the Pareto front, in the order of x. Without a direction of
 * either there is none.
 */
export function paretoFront(
  points: readonly { x: number; y: number }[],
  lowX: boolean,
  lowY: boolean
): number[] {
  const order = points
    .map((_, place) => place)
    .sort((a, b) => {
      const byX = lowX ? points[a].x - points[b].x : points[b].x - points[a].x;
      return byX || (lowY ? points[a].y - points[b].y : points[b].y - points[a].y);
    });
  const front: number[] = [];
  let best = lowY ? Infinity : -Infinity;
  for (const place of order) {
    const { y } = points[place];
    if (lowY ? y < best : y > best) {
      front.push(place);
      best = y;
    }
  }
  return front.sort((a, b) => points[a].x - points[b].x);
}

/** Round values that cover low to high; powers of ten where the axis is logarithmic. */
export function ticks(low: number, high: number, count: number, log: boolean): number[] {
  if (!(high > low)) {
    return [low];
  }
  if (log) {
    const [from, to] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
    const every = Math.max(1, Math.ceil((to - from + 1) / count));
    const found = Array.from({ length: Math.max(to - from + 1, 0) }, (_, i) => 10 ** (from + i));
    return found.length > 1 ? found.filter((_, i) => i % every === 0) : [low, high];
  }
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10);
  const found: number[] = [];
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-9; value += step) {
    found.push(Number(value.toPrecision(12)));
  }
  return found;
}
