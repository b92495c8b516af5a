import type { IShown } from './columns';
import type { ILayout } from './layout';
import type { RunsTable } from './model';
import { NAME, NARROWEST, reordered, sorted, WIDEST } from './view';

/** Sort by a column, as a click on its name does; numbers and times begin with the largest. */
export function sortBy(model: RunsTable, { key, kind }: IShown, add: boolean): void {
  model.show({ sort: sorted(model.view.get().sort, key, kind !== 'text', add) });
}

/** The columns as they are shown now, without the name: what was the table's choice becomes the person's. */
export function columnsOf(model: RunsTable): string[] {
  return model.question().columns;
}

/** One step to the left or right, among the pinned or among the others. Gives whether there was room. */
export function moveColumn(model: RunsTable, layout: ILayout, key: string, step: number): boolean {
  const { pinned } = layout.all.find(one => one.key === key) ?? {};
  const row = layout.all.filter(one => one.pinned === pinned && one.key !== NAME).map(one => one.key);
  const place = row.indexOf(key);
  const other = row[place + step];
  if (place < 0 || other === undefined) {
    return false;
  }
  // Before the neighbour on the left, or the neighbour on the right before this one.
  model.show({
    columns: step < 0 ? reordered(columnsOf(model), key, other) : reordered(columnsOf(model), other, key)
  });
  return true;
}

/** Put a column where it was dropped; among the pinned ones it becomes one of them. */
export function dropColumn(model: RunsTable, layout: ILayout, key: string, target: string | null): void {
  const { pinned } = model.view.get();
  const onPinned = layout.pinned.some(one => one.key === target && one.key !== NAME);
  model.show({
    columns: reordered(columnsOf(model), key, target === NAME ? (layout.all[1]?.key ?? null) : target),
    pinned: onPinned ? [...new Set([...pinned, key])] : pinned.filter(one => one !== key)
  });
}

export function pinColumn(model: RunsTable, key: string, pin: boolean): void {
  const others = model.view.get().pinned.filter(one => one !== key);
  model.show({ columns: columnsOf(model), pinned: pin ? [...others, key] : others });
}

export function hideColumn(model: RunsTable, key: string): void {
  model.show({ columns: columnsOf(model).filter(one => one !== key) });
}

export function resizeColumn(model: RunsTable, key: string, width: number): void {
  const kept = Math.round(Math.min(Math.max(width, NARROWEST), WIDEST));
  model.show({ widths: { ...model.view.get().widths, [key]: kept } });
}
