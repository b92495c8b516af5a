import { addBelowIcon, closeIcon, downloadIcon } from '@jupyterlab/ui-components';
import React, { type ReactElement } from 'react';

import { Button, IconButton } from '../../common/button';
import { confirm } from '../../common/dialog';
import { attempt } from '../../common/notice';
import { OperationBar } from '../../common/operation';
import { useStore } from '../../common/store';
import type { IWorkbench } from '../../common/tokens';
import { useWorkbench } from '../../common/widget';
import type { Bulk } from './bulk';
import { Chooser } from './chooser';
import { groupLabel, groupOf, labelOf, type GroupName } from './columns';
import { dataFrameCode, download } from './files';
import { openMenuBelow } from './menu';
import type { RunsTable } from './model';
import { askTag } from './tagdialog';
import { LIFECYCLES } from './view';

/** More than these are asked about first. */
const MANY = 20;

interface IProps {
  model: RunsTable;
  bulk: Bulk;
  name: string;
}

/** The line above the table: how many there are or what to do with the ticked ones; grouping, lifecycle, columns. */
export function Toolbar(props: IProps): ReactElement {
  const ticked = useStore(props.model.ticked);
  const operation = useStore(props.bulk.operation);
  return (
    <>
      <div className="lw-Runs-toolbar" role="toolbar">
        <div className="lw-Runs-said">
          <Count {...props} />
          {ticked.size ? <Ticked {...props} /> : null}
        </div>
        <div className="lw-Runs-choices">
          <Grouping model={props.model} />
          <Lifecycle model={props.model} />
          <Chooser model={props.model} />
        </div>
      </div>
      {operation ? (
        <OperationBar operation={operation} onChange={() => props.bulk.operation.set(null)} />
      ) : null}
    </>
  );
}

function Count({ model }: IProps): ReactElement {
  const { trans } = useWorkbench();
  const table = useStore(model.table);
  const view = useStore(model.view);
  const { query } = useStore(model.answer);
  const asking = useStore(model.asking);
  const looks = view.filter.trim() !== '' || view.words.trim() !== '';
  let words = '';
  if (table) {
    const total = table.total.toLocaleString();
    words = query.group_by
      ? trans._n('%1 group', '%1 groups', table.total)
      : looks || table.total !== table.runs
        ? trans.__('%1 of %2 runs', total, table.runs.toLocaleString())
        : trans._n('%1 run', '%1 runs', table.total).replace(String(table.total), total);
  }
  return (
    <div className="lw-Runs-count" role="status">
      {words}
      {Object.entries(view.within).map(([key, value]) => (
        <button
          key={key}
          type="button"
          className="lw-Chip"
          title={trans.__('Only runs with this value; click to show all')}
          onClick={() => {
            const { [key]: _, ...others } = view.within;
            model.show({ within: others });
          }}
        >
          <span className="lw-ellipsis">
            {`${labelOf(key, trans).slice(0, 100)}: ${value === null ? trans.__('without') : value.slice(0, 100)}`}
          </span>
          <closeIcon.react tag="span" />
        </button>
      ))}
      {asking ? <span className="lw-Spinner" aria-label={trans.__('Looking…')} /> : null}
    </div>
  );
}

function Ticked({ model, bulk, name }: IProps): ReactElement {
  const workbench = useWorkbench();
  const { trans } = workbench;
  const ticked = useStore(model.ticked);
  const { lifecycle } = useStore(model.view);
  const rows = [...ticked.values()];
  const ids = [...ticked.keys()];
  const archive = async (): Promise<void> => {
    const sure =
      ids.length <= MANY ||
      (await confirm(
        trans,
        trans._n('Archive %1 run?', 'Archive %1 runs?', ids.length),
        trans.__('They leave the tables and comparisons, here and in MLflow’s page. They can be restored.'),
        trans.__('Archive')
      ));
    if (sure) {
      await bulk.archive(ids);
      model.ticked.set(new Map());
    }
  };
  const restore = async (): Promise<void> => {
    await bulk.restore(ids);
    model.ticked.set(new Map());
  };
  return (
    <div className="lw-Runs-ticked">
      <span role="status">{trans.__('%1 ticked', ids.length.toLocaleString())}</span>
      <IconButton
        label={trans.__('Untick all')}
        icon={closeIcon}
        onClick={() => model.ticked.set(new Map())}
      />
      <Button label={trans.__('Tag…')} onClick={() => askTag(bulk, ids, trans)} />
      {rows.some(row => !row.archived) || lifecycle === 'active' ? (
        <Button label={trans.__('Archive')} onClick={archive} />
      ) : null}
      {rows.some(row => row.archived) ? <Button label={trans.__('Restore')} onClick={restore} /> : null}
      <ExportButton workbench={workbench} model={model} name={name} />
    </div>
  );
}

/** Exports what is ticked, else all that the table finds. */
export function ExportButton({
  workbench,
  model,
  name
}: {
  workbench: IWorkbench;
  model: RunsTable;
  name: string;
}): ReactElement {
  const { trans } = workbench;
  return (
    <button
      type="button"
      className="lw-IconButton"
      aria-haspopup="menu"
      title={trans.__('Export')}
      aria-label={trans.__('Export')}
      onClick={event =>
        openMenuBelow(
          [
            {
              label: trans.__('CSV'),
              icon: downloadIcon,
              onClick: () => attempt(() => download(workbench, model, name, 'csv'))
            },
            {
              label: trans.__('Parquet'),
              icon: downloadIcon,
              onClick: () => attempt(() => download(workbench, model, name, 'parquet'))
            },
            null,
            {
              label: trans.__('Cell with a DataFrame'),
              icon: addBelowIcon,
              onClick: () => attempt(() => workbench.copyAsCell(dataFrameCode(model, name)))
            }
          ],
          event.currentTarget
        )
      }
    >
      <downloadIcon.react tag="span" />
    </button>
  );
}

function Grouping({ model }: { model: RunsTable }): ReactElement {
  const { trans } = useWorkbench();
  const { group } = useStore(model.view);
  const columns = useStore(model.table)?.columns ?? [];
  const groups: GroupName[] = ['params', 'tags', 'attributes'];
  const offered = columns.filter(
    ({ key, kind, filled }) =>
      kind === 'text' && filled > 0 && key !== 'attributes.name' && groups.includes(groupOf(key))
  );
  const numeric = columns.filter(({ key, kind }) => kind !== 'text' && groupOf(key) === 'params');
  const all = [...offered, ...numeric];
  const gone = group !== null && !all.some(({ key }) => key === group);
  return (
    <select
      className="lw-Select"
      aria-label={trans.__('Group by')}
      value={group ?? ''}
      onChange={event => model.show({ group: event.target.value || null })}
    >
      <option value="">{trans.__('No groups')}</option>
      {gone ? <option value={group}>{labelOf(group, trans).slice(0, 100)}</option> : null}
      {groups.map(name => (
        <optgroup key={name} label={groupLabel(name, trans)}>
          {all
            .filter(({ key }) => groupOf(key) === name)
            .map(({ key }) => (
              <option key={key} value={key}>
                {trans.__('By %1', labelOf(key, trans).slice(0, 100))}
              </option>
            ))}
        </optgroup>
      ))}
    </select>
  );
}

function Lifecycle({ model }: { model: RunsTable }): ReactElement {
  const { trans } = useWorkbench();
  const { lifecycle } = useStore(model.view);
  const words = {
    active: trans.__('Active runs'),
    archived: trans.__('Archived runs'),
    all: trans.__('All runs')
  };
  return (
    <select
      className="lw-Select"
      aria-label={trans.__('Which runs')}
      value={lifecycle}
      onChange={event => {
        model.ticked.set(new Map());
        model.show({ lifecycle: LIFECYCLES.find(one => one === event.target.value) });
      }}
    >
      {LIFECYCLES.map(one => (
        <option key={one} value={one}>
          {words[one]}
        </option>
      ))}
    </select>
  );
}
