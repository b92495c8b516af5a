import type { TranslationBundle } from '@jupyterlab/translation';

import type { Column, Group } from './api';
import { groupOf, nameOf } from './columns';
import type { RunsTable } from './model';

/** A column's key in MLflow's search syntax; null where it has none. */
export function identifier(key: string): string | null {
  const [group, name] = [groupOf(key), nameOf(key)];
  if (group === 'cost') {
    return `tags.\`labwright.cost.${name}\``;
  }
  if (group === 'attributes') {
    const names: Record<string, string> = {
      name: 'attributes.run_name',
      status: 'attributes.status',
      start_time: 'attributes.start_time',
      source: 'tags.`mlflow.source.name`',
      notebook: 'tags.`labwright.notebook`'
    };
    return names[name] ?? null;
  }
  if (/^\w+$/.test(name)) {
    return `${group}.${name}`;
  }
  const quote = ['`', '"'].find(sign => !name.includes(sign));
  return quote ? `${group}.${quote}${name}${quote}` : null;
}

/** Show the runs of a group. */
export function openGroup(model: RunsTable, group: Group): void {
  const { group: key, within } = model.view.get();
  if (key) {
    model.show({ group: null, within: { ...within, [key]: group.value } });
  }
}

/** Examples from what this experiment's runs have, each with what it finds. */
export function examples(columns: Column[], trans: TranslationBundle): [string, string][] {
  const fullest = (group: string): string | null => {
    const [first] = columns
      .filter(({ key, filled }) => groupOf(key) === group && filled > 0)
      .sort((a, b) => b.filled - a.filled);
    return first ? identifier(first.key) : null;
  };
  const [metric, param, tag] = ['metrics', 'params', 'tags'].map(fullest);
  const found: [string, string][] = [];
  if (metric) {
    found.push([`${metric} > 0.5`, trans.__('a metric’s last value')]);
  }
  if (param) {
    found.push([`${param} = '1'`, trans.__('a parameter, which is always text')]);
    found.push([`${param} LIKE '%1%'`, trans.__('part of a parameter; % stands for anything')]);
  }
  if (tag) {
    found.push([`${tag} != ''`, trans.__('a tag')]);
  }
  if (metric && param) {
    found.push([`${metric} > 0.5 AND ${param} != '1'`, trans.__('both at once')]);
  }
  return [
    ...found,
    ["attributes.status = 'FAILED'", trans.__('how a run ended')],
    ["attributes.run_name LIKE '%base%'", trans.__('part of a run’s name')]
  ];
}
