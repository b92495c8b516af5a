import React, { useState, type ReactElement } from 'react';

import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import type { Column } from './api';
import { columnsOf } from './change';
import { groupLabel, groupOf, GROUPS, labelOf } from './columns';
import type { RunsTable } from './model';
import { Popover } from './popover';
import { fits, NAME } from './view';

/** So many of a group are listed at once; a word in the search box finds the others. */
const LISTED = 100;

/** Which columns are shown. */
export function Chooser({ model }: { model: RunsTable }): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Popover
      label={trans.__('Columns')}
      title={trans.__('Choose the columns; their order is changed in the header')}
      className="lw-mod-right lw-Chooser"
    >
      {() => <Choices model={model} />}
    </Popover>
  );
}

function Choices({ model }: { model: RunsTable }): ReactElement {
  const { trans } = useWorkbench();
  const all = useStore(model.table)?.columns ?? [];
  const view = useStore(model.view);
  const [search, setSearch] = useState('');
  const shown = columnsOf(model);
  const wanted = search.trim().toLowerCase();
  const found = all.filter(({ key }) => key !== NAME && labelOf(key, trans).toLowerCase().includes(wanted));
  // What is shown and not there (any more) can be taken away as well.
  const gone = shown
    .filter(key => !all.some(column => column.key === key))
    .map((key): Column => ({ key, kind: 'text', filled: 0 }));
  const groups = GROUPS.map(group => ({
    group,
    columns: [...gone, ...found].filter(({ key }) => groupOf(key) === group)
  }));
  return (
    <>
      <div className="lw-Chooser-top">
        <input
          type="search"
          className="jp-mod-styled"
          data-autofocus
          value={search}
          placeholder={trans.__('Search columns')}
          aria-label={trans.__('Search columns')}
          onChange={event => setSearch(event.target.value)}
        />
        <button
          type="button"
          className="lw-link"
          disabled={view.columns === null}
          title={trans.__('Back to the columns that the table chooses by itself')}
          onClick={() => model.show({ columns: null, pinned: [], widths: {} })}
        >
          {trans.__('Default')}
        </button>
      </div>
      <div className="lw-Chooser-groups">
        {groups.map(({ group, columns }) =>
          columns.length ? (
            <fieldset key={group}>
              <legend>
                {groupLabel(group, trans)}
                <span className="lw-quiet"> {columns.length}</span>
              </legend>
              {columns.slice(0, LISTED).map(column => (
                <Choice key={column.key} model={model} column={column} shown={shown} />
              ))}
              {columns.length > LISTED ? (
                <p className="lw-quiet">
                  {trans.__('%1 more; search for them by name.', columns.length - LISTED)}
                </p>
              ) : null}
            </fieldset>
          ) : null
        )}
        {found.length === 0 ? (
          <p className="lw-quiet">{trans.__('No column has this in its name.')}</p>
        ) : null}
      </div>
    </>
  );
}

function Choice({
  model,
  column: { key, filled },
  shown
}: {
  model: RunsTable;
  column: Column;
  shown: string[];
}): ReactElement {
  const { trans } = useWorkbench();
  const runs = useStore(model.table)?.runs ?? 0;
  const on = shown.includes(key);
  const full = !on && !fits([...shown, key]);
  return (
    <label
      title={
        full ? trans.__('These are as many columns as fit; take another away first.') : labelOf(key, trans)
      }
    >
      <input
        type="checkbox"
        checked={on}
        disabled={full || (on && shown.length === 1)}
        onChange={() => model.show({ columns: on ? shown.filter(one => one !== key) : [...shown, key] })}
      />
      <span className="lw-ellipsis">{labelOf(key, trans).slice(0, 300)}</span>
      {filled < runs ? (
        <span className="lw-quiet" title={trans.__('%1 runs have it', filled)}>
          {filled.toLocaleString()}
        </span>
      ) : null}
    </label>
  );
}
