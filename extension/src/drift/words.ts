import type { TranslationBundle } from '@jupyterlab/translation';

import type { Tone } from '../common/badge';
import { cell, literal } from '../common/code';
import { number } from '../common/format';
import type { ColumnDrift, DriftReport } from './api';

/** The verdict in one line. */
export function headline(report: DriftReport, trans: TranslationBundle): { tone: Tone; text: string } {
  return {
    tone: report.drifted ? 'bad' : 'good',
    text: report.drifted
      ? trans._n('%2 of %1 column drifted', '%2 of %1 columns drifted', report.compared, report.drifted)
      : trans._n('No drift in %1 column', 'No drift in %1 columns', report.compared)
  };
}

/** The same for a narrow place. */
export function verdict(report: DriftReport, trans: TranslationBundle): string {
  return report.drifted
    ? trans.__('%1 of %2 drifted', report.drifted, report.compared)
    : trans.__('no drift');
}

/** What was compared with what. */
export function subtitle(report: DriftReport, trans: TranslationBundle): string {
  const rows = trans.__(
    '%1 rows against %2 of the training sample',
    number(report.current_rows),
    number(report.reference_rows)
  );
  return report.endpoint
    ? trans.__(
        '%1, version %2, %3: %4',
        report.endpoint,
        report.version,
        windowOf(report.window, trans),
        rows
      )
    : rows;
}

/** The time that a report looks back, in words. */
export function windowOf(window: string | null, trans: TranslationBundle): string {
  const [, digits, unit] = /^(\d+)([mhdw])$/.exec(window ?? '') ?? [];
  const count = Number(digits);
  switch (unit) {
    case 'm':
      return trans._n('the last minute', 'the last %1 minutes', count);
    case 'h':
      return trans._n('the last hour', 'the last %1 hours', count);
    case 'd':
      return trans._n('the last day', 'the last %1 days', count);
    case 'w':
      return trans._n('the last week', 'the last %1 weeks', count);
    default:
      return trans.__('all requests');
  }
}

/** The cell that makes the report. */
export function driftCode(endpoint: string, window: string | null): string {
  return cell(
    window ? [endpoint, window] : [endpoint],
    (name, since) => `%drift ${name}${since ? ` --window ${since}` : ''}`,
    `lw.drift.report(${literal(endpoint)}${window ? `, window=${literal(window)}` : ''})`
  );
}

/** What the reader of the table should know besides. */
export function remarks(report: DriftReport, trans: TranslationBundle): string[] {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const missing = (column: ColumnDrift): string[] => {
    const [before, now] = [column.reference_missing ?? 0, column.current_missing ?? 0];
    return Math.abs(before - now) < 0.05
      ? []
      : [
          trans.__(
            '%1: %2 of the rows had no value before, %3 have none now; the verdict is on the others.',
            column.name,
            percent(before),
            percent(now)
          )
        ];
  };
  return [
    ...(report.notes ?? []),
    ...report.columns.flatMap(column => (column.note ? [`${column.name}: ${column.note}`] : [])),
    ...report.columns.flatMap(missing),
    ...(report.not_compared ?? []).map(column => trans.__('Not compared: %1. %2', column.name, column.reason))
  ];
}
