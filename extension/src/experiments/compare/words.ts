import type { TranslationBundle } from '@jupyterlab/translation';

import { number } from '../../common/format';
import type { Comparison, ComparisonRow, Run } from './api';

/** Seconds since a run's start, short enough for an axis. */
export function elapsed(seconds: number): string {
  const sign = seconds < 0 ? '−' : '';
  const size = Math.abs(seconds);
  if (size < 60) {
    return `${sign}${Number(size.toPrecision(3))} s`;
  }
  if (size < 3600) {
    const rest = Math.round(size % 60);
    return `${sign}${Math.floor(size / 60)} min${rest ? ` ${rest} s` : ''}`;
  }
  const minutes = Math.round((size % 3600) / 60);
  return size < 86_400
    ? `${sign}${Math.floor(size / 3600)} h${minutes ? ` ${minutes} min` : ''}`
    : `${sign}${Number((size / 86_400).toPrecision(3))} d`;
}

/** A run's name, or the beginning of its id. */
export function nameOf(run: Pick<Run, 'name' | 'run_id'>): string {
  return run.name || run.run_id.slice(0, 8);
}

/** A cost, as people read it. */
export function costLabel(name: string, trans: TranslationBundle): string {
  const labels: Record<string, string> = {
    wall_seconds: trans.__('wall time (s)'),
    cpu_seconds: trans.__('CPU time (s)'),
    gpu_seconds: trans.__('GPU time (s)'),
    peak_memory_mb: trans.__('peak memory (MB)'),
    peak_gpu_memory_mb: trans.__('peak GPU memory (MB)'),
    money: trans.__('estimated cost')
  };
  return labels[name] ?? name;
}

/** In how many of the compared runs a row has a value. */
export const filled = (row: ComparisonRow): number => row.values.filter(({ text }) => text !== '').length;

/** What the runs are judged by: the service's choice, or where few runs have that, what most of them have. */
export function mainMetric({ main_metric, metrics }: Comparison): string | null {
  const judged = metrics.filter(row => (row.direction ?? 'none') !== 'none');
  const chosen = metrics.find(row => row.name === main_metric);
  const best = [...(chosen ? [chosen] : []), ...judged].sort((a, b) => filled(b) - filled(a))[0];
  return best?.name ?? main_metric ?? null;
}

/** The metrics that have a curve, the main one first, the system's last. */
export function curveMetrics(comparison: Comparison): string[] {
  const found = new Set(
    comparison.runs.flatMap(run =>
      Object.entries(run.metrics).flatMap(([name, metric]) => (metric.step > 0 ? [name] : []))
    )
  );
  const main = mainMetric(comparison);
  const rank = (name: string): number => (name === main ? 0 : name.startsWith('system/') ? 2 : 1);
  return [...found].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, undefined, { numeric: true }));
}

/** A difference from the base, with its sign and the two digits that matter most. */
export function delta(value: number, base: number): string {
  const found = value - base;
  return `${found > 0 ? '+' : found < 0 ? '−' : '±'}${number(Number(Math.abs(found).toPrecision(2)))}`;
}
