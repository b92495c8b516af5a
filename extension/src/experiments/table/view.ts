import type { Aggregate, Sort, TableQuery } from './api';

/** What a person chose to see of an experiment's runs. */
export interface IView {
  /** Keys in their order; null for what the table chooses by itself. */
  columns: string[] | null;
  /** Those that stay in place while the others scroll sideways, beside the run's name, which always does. */
  pinned: string[];
  widths: Record<string, number>;
  sort: Sort[];
  filter: string;
  words: string;
  /** By the metric's name. */
  aggregates: Record<string, Aggregate>;
  group: string | null;
  /** Only runs with exactly these values, such as those of a group that was opened. */
  within: Record<string, string | null>;
  lifecycle: TableQuery['lifecycle'];
}

export const NAME = 'attributes.name';
export const AGGREGATES = ['last', 'best', 'min', 'max'] as const;
export const LIFECYCLES = ['active', 'archived', 'all'] as const;
export const NARROWEST = 48;
export const WIDEST = 900;
const COLUMNS = 500;
const KEY = 300;
const VALUE = 6000;
/** A query stands in an address, which the servers on its way cut at 64 KB. */
const QUERY = 24_000;

export const NOTHING_CHOSEN: IView = {
  columns: null,
  pinned: [],
  widths: {},
  sort: [],
  filter: '',
  words: '',
  aggregates: {},
  group: null,
  within: {},
  lifecycle: 'active'
};

/** The question that a view puts to the service. */
export function queryOf(view: IView, columns: string[]): TableQuery {
  return {
    filter: view.filter.trim(),
    words: view.words.trim(),
    sort: view.sort,
    columns,
    aggregates: Object.fromEntries(
      Object.entries(view.aggregates).filter(([name]) => columns.includes(`metrics.${name}`))
    ),
    group_by: view.group,
    within: view.within,
    lifecycle: view.lifecycle
  };
}

/** Whether so many columns can be asked for at once. */
export function fits(columns: string[]): boolean {
  return columns.length <= COLUMNS && encodeURIComponent(JSON.stringify(columns)).length <= QUERY;
}

/** A view from a link or from storage, which anybody may have written: what is not understood is left out. */
export function parseView(found: unknown): IView {
  const given = isRecord(found) ? found : {};
  const columns = keys(given.columns);
  const chosen = Array.isArray(given.columns) && fits(columns) ? columns.filter(key => key !== NAME) : null;
  return {
    columns: chosen,
    pinned: keys(given.pinned).filter(key => chosen?.includes(key)),
    widths: entries(
      given.widths,
      (key, width) => isKey(key) && typeof width === 'number' && width >= NARROWEST && width <= WIDEST
    ),
    sort: (Array.isArray(given.sort) ? given.sort : [])
      .filter(isSort)
      .slice(0, 5)
      .map(({ key, descending }) => ({ key, descending })),
    filter: text(given.filter, 5000),
    words: text(given.words, 500),
    aggregates: entries(given.aggregates, (key, word) => key.length <= KEY && isOneOf(AGGREGATES, word)),
    group: isKey(given.group) && !given.group.startsWith('metrics.') ? given.group : null,
    within: within(given.within),
    lifecycle: isOneOf(LIFECYCLES, given.lifecycle) ? given.lifecycle : 'active'
  };
}

/** `moved` before `target`; at the end where there is no target. */
export function reordered(columns: string[], moved: string, target: string | null): string[] {
  if (moved === target) {
    return columns;
  }
  const others = columns.filter(key => key !== moved);
  const place = target === null ? -1 : others.indexOf(target);
  return place < 0 ? [...others, moved] : [...others.slice(0, place), moved, ...others.slice(place)];
}

/** The order after a click on a column's name: numbers the largest first, then the other way, then none. */
export function sorted(sort: Sort[], key: string, largestFirst: boolean, add: boolean): Sort[] {
  const before = sort.find(one => one.key === key);
  const turned =
    before && before.descending !== largestFirst
      ? []
      : [{ key, descending: before ? !before.descending : largestFirst }];
  if (!add) {
    return turned;
  }
  return before ? sort.flatMap(one => (one.key === key ? turned : [one])) : [...sort, ...turned].slice(-5);
}

const isRecord = (found: unknown): found is Record<string, unknown> =>
  typeof found === 'object' && found !== null && !Array.isArray(found);

const isKey = (found: unknown): found is string =>
  typeof found === 'string' &&
  found.length <= KEY &&
  /^(attributes|params|metrics|tags|cost)\../su.test(found);

const isOneOf = <T extends string>(words: readonly T[], found: unknown): found is T =>
  words.includes(found as T);

const isSort = (found: unknown): found is Sort =>
  isRecord(found) && isKey(found.key) && typeof found.descending === 'boolean';

const keys = (found: unknown): string[] =>
  Array.isArray(found) ? [...new Set(found.filter(isKey))].slice(0, COLUMNS) : [];

const text = (found: unknown, most: number): string =>
  typeof found === 'string' && found.length <= most ? found : '';

function entries<T>(found: unknown, holds: (key: string, value: unknown) => boolean): Record<string, T> {
  const kept = Object.entries(isRecord(found) ? found : {}).filter(([key, value]) => holds(key, value));
  return Object.fromEntries(kept.slice(0, COLUMNS)) as Record<string, T>;
}

function within(found: unknown): IView['within'] {
  const holds = (key: string, value: unknown): boolean =>
    isKey(key) && (value === null || (typeof value === 'string' && value.length <= VALUE));
  return Object.fromEntries(Object.entries(entries<string | null>(found, holds)).slice(0, 10));
}
