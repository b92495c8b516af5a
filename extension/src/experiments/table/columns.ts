import type { TranslationBundle } from '@jupyterlab/translation';

import type { Column } from './api';
import { NAME, type IView } from './view';

/** A column as the table shows it. */
export interface IShown {
  key: string;
  /** `text`, `number`, `time` or `seconds`. */
  kind: Column['kind'];
  label: string;
  width: number;
  pinned: boolean;
}

export const GROUPS = ['metrics', 'params', 'tags', 'attributes', 'cost'] as const;
export type GroupName = (typeof GROUPS)[number];

const FIRST = ['attributes.status', 'attributes.start_time', 'attributes.duration'];
const METRICS = 3;
const PARAMS = 3;
const TIMES = ['attributes.start_time', 'attributes.end_time'];
const SECONDS = ['attributes.duration', 'cost.wall_seconds', 'cost.cpu_seconds', 'cost.gpu_seconds'];

export const groupOf = (key: string): GroupName => key.slice(0, key.indexOf('.')) as GroupName;
export const nameOf = (key: string): string => key.slice(key.indexOf('.') + 1);

export function groupLabel(group: GroupName, trans: TranslationBundle): string {
  return {
    metrics: trans.__('Metrics'),
    params: trans.__('Parameters'),
    tags: trans.__('Tags'),
    attributes: trans.__('Attributes'),
    cost: trans.__('Cost')
  }[group];
}

/** What people call a column. */
export function labelOf(key: string, trans: TranslationBundle): string {
  const words: Record<string, string> = {
    [NAME]: trans.__('Run'),
    'attributes.status': trans.__('Status'),
    'attributes.start_time': trans.__('Started'),
    'attributes.end_time': trans.__('Ended'),
    'attributes.duration': trans.__('Duration'),
    'attributes.source': trans.__('Source'),
    'attributes.notebook': trans.__('Notebook'),
    'attributes.user': trans.__('User'),
    'cost.wall_seconds': trans.__('Wall time'),
    'cost.cpu_seconds': trans.__('CPU time'),
    'cost.gpu_seconds': trans.__('GPU time'),
    'cost.peak_memory_mb': trans.__('Peak memory (MB)'),
    'cost.peak_gpu_memory_mb': trans.__('Peak GPU memory (MB)'),
    'cost.money': trans.__('Cost (estimate)')
  };
  return words[key] ?? nameOf(key);
}

/** The columns until somebody chooses: few enough for a narrow tab, those that most runs have. */
export function defaultColumns(all: Column[]): string[] {
  const has = new Set(all.map(({ key }) => key));
  const fullest = (group: GroupName, count: number): string[] =>
    all
      .filter(({ key, filled }) => groupOf(key) === group && filled > 0)
      .sort(
        (a, b) =>
          b.filled - a.filled ||
          judged(b) - judged(a) ||
          a.key.localeCompare(b.key, undefined, { numeric: true })
      )
      .slice(0, count)
      .map(({ key }) => key);
  // Before the service has said what there is, what every run has.
  return [
    ...FIRST.filter(key => !all.length || has.has(key)),
    ...fullest('metrics', METRICS),
    ...fullest('params', PARAMS)
  ];
}

/** 1 for a metric that runs are judged by. */
const judged = ({ direction }: Column): number => Number((direction ?? 'none') !== 'none');

/** What a view shows, pinned columns first, in a form that the grid draws. */
export function shownColumns(view: IView, all: Column[], trans: TranslationBundle): IShown[] {
  const kinds = new Map(all.map(({ key, kind }) => [key, kind]));
  const keys = view.columns ?? defaultColumns(all);
  const pinned = [NAME, ...keys.filter(key => view.pinned.includes(key))];
  return [...pinned, ...keys.filter(key => !view.pinned.includes(key))].map((key, index) => {
    const kind = kinds.get(key) ?? kindOf(key);
    return {
      key,
      kind,
      label: labelOf(key === NAME && view.group !== null ? view.group : key, trans),
      width: view.widths[key] ?? widthOf(key, kind, view.group !== null),
      pinned: index < pinned.length
    };
  });
}

function kindOf(key: string): Column['kind'] {
  if (TIMES.includes(key)) {
    return 'time';
  }
  if (SECONDS.includes(key)) {
    return 'seconds';
  }
  return ['metrics', 'cost'].includes(groupOf(key)) ? 'number' : 'text';
}

function widthOf(key: string, kind: Column['kind'], grouped: boolean): number {
  if (key === NAME) {
    return 180;
  }
  if (kind === 'time') {
    return 108; // a date whole
  }
  if (key === 'attributes.status') {
    return 94;
  }
  // A mean with its deviation takes room.
  if (grouped && kind !== 'text') {
    return kind === 'seconds' ? 190 : 140;
  }
  // As wide as its name asks for, within reason: a long name is cut before it pushes the others off the screen.
  const asked = nameOf(key).length * 7 + 34;
  return Math.min(Math.max(asked, kind === 'text' ? 100 : kind === 'seconds' ? 104 : 88), 150);
}
