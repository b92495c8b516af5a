import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';

import type { Aggregate } from './api';
import { columnsOf, hideColumn, moveColumn, pinColumn, resizeColumn } from './change';
import { groupOf, nameOf, type IShown } from './columns';
import { fittingWidth } from './fit';
import type { ILayout } from './layout';
import { openMenu, type Entry } from './menu';
import type { RunsTable } from './model';
import { AGGREGATES, NAME } from './view';

/** What a value of a metric's column is. */
export function aggregateLabel(aggregate: Aggregate, trans: TranslationBundle): string {
  return {
    last: trans.__('Last Value'),
    best: trans.__('Best Value'),
    min: trans.__('Smallest Value'),
    max: trans.__('Largest Value')
  }[aggregate];
}

/** The menu of a column's header. */
export function columnMenu(
  model: RunsTable,
  layout: ILayout,
  shown: IShown,
  trans: TranslationBundle,
  x: number,
  y: number
): void {
  const { key, kind, pinned } = shown;
  const view = model.view.get();
  const sort = (descending: boolean): void => model.show({ sort: [{ key, descending }] });
  const by = view.sort.find(one => one.key === key);
  const entries: Entry[] = [
    {
      label: kind === 'text' ? trans.__('Sort A to Z') : trans.__('Sort Smallest First'),
      icon: caretUpIcon,
      on: by?.descending === false,
      onClick: () => sort(false)
    },
    {
      label: kind === 'text' ? trans.__('Sort Z to A') : trans.__('Sort Largest First'),
      icon: caretDownIcon,
      on: by?.descending === true,
      onClick: () => sort(true)
    }
  ];
  if (groupOf(key) === 'metrics') {
    const name = nameOf(key);
    const now = view.aggregates[name] ?? 'last';
    entries.push(
      null,
      ...AGGREGATES.map(aggregate => ({
        label: aggregateLabel(aggregate, trans),
        on: aggregate === now,
        onClick: () => model.show({ aggregates: { ...view.aggregates, [name]: aggregate } })
      }))
    );
  }
  if (['params', 'tags'].includes(groupOf(key)) || key === 'attributes.status') {
    entries.push(null, {
      label: trans.__('Group by This Column'),
      on: view.group === key,
      onClick: () => model.show({ group: view.group === key ? null : key })
    });
  }
  if (key !== NAME) {
    entries.push(
      null,
      {
        label: pinned ? trans.__('Unpin') : trans.__('Pin'),
        onClick: () => pinColumn(model, key, !pinned)
      },
      { label: trans.__('Move Left'), onClick: () => void moveColumn(model, layout, key, -1) },
      { label: trans.__('Move Right'), onClick: () => void moveColumn(model, layout, key, 1) }
    );
  }
  entries.push({
    label: trans.__('Fit to What It Shows'),
    onClick: () => resizeColumn(model, key, fittingWidth(model.experimentId, layout, key))
  });
  if (key !== NAME) {
    entries.push(null, {
      label: trans.__('Hide'),
      unavailable: columnsOf(model).length === 1 ? trans.__('the last one') : undefined,
      onClick: () => hideColumn(model, key)
    });
  }
  openMenu(entries, x, y);
}
