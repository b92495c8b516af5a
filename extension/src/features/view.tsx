import React, { type ReactElement } from 'react';

import { CopyAsCell } from '../common/button';
import { ago, moment, number } from '../common/format';
import { Facts, Part } from '../common/page';
import type { Resource } from '../common/resource';
import { Heading, Loaded } from '../common/shell';
import { Table, type IColumn } from '../common/table';
import { useWorkbench } from '../common/widget';
import type { Feature, FeatureView, FeatureViewDetail, Preview } from './api';
import { joinCode, ttlOf } from './words';

/** The tab of a feature view: what it is, its features, its first rows. */
export function ViewPanel({ resource }: { resource: Resource<FeatureViewDetail> }): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Loaded resource={resource}>
      {({ view, preview, note }) => (
        <div className="lw-Page">
          <Heading
            title={view.name}
            note={view.description || trans.__('Feature view of project %1', view.project)}
          >
            <CopyAsCell code={joinCode(view.name)} what={trans.__('join')} />
          </Heading>
          <ViewFacts view={view} />
          <Part title={trans._n('%1 feature', '%1 features', view.features.length)}>
            <Features view={view} />
          </Part>
          <Part title={trans.__('First rows')}>
            {preview ? <PreviewTable preview={preview} name={view.name} /> : null}
            {note ? <p className="lw-quiet">{note}</p> : null}
          </Part>
        </div>
      )}
    </Loaded>
  );
}

function ViewFacts({ view }: { view: FeatureView }): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Facts
      facts={[
        [trans.__('Entities'), view.entities.join(', ')],
        [trans.__('Join keys'), view.join_keys.join(', ')],
        [trans.__('Source'), view.source],
        [trans.__('Time column'), view.timestamp_field],
        [trans.__('A value counts'), ttlOf(view.ttl_seconds, trans)],
        [
          trans.__('Tags'),
          Object.entries(view.tags)
            .map(([name, value]) => `${name}=${value}`)
            .join(', ')
        ],
        [trans.__('Owner'), view.owner],
        [trans.__('Updated'), view.updated ? `${ago(view.updated, trans)} (${moment(view.updated)})` : '']
      ]}
    />
  );
}

function Features({ view }: { view: FeatureView }): ReactElement {
  const { trans } = useWorkbench();
  const columns: IColumn<Feature>[] = [
    {
      id: 'name',
      label: trans.__('Feature'),
      sort: feature => feature.name,
      cell: feature => (
        <span className="lw-Cell" title={feature.name}>
          {feature.name}
        </span>
      )
    },
    {
      id: 'dtype',
      label: trans.__('Type'),
      sort: feature => feature.dtype,
      cell: feature => <code>{feature.dtype}</code>
    },
    {
      id: 'description',
      label: trans.__('Description'),
      cell: feature => <span className="lw-wrap">{feature.description}</span>
    }
  ];
  return (
    <Table
      label={trans.__('Features of %1', view.name)}
      columns={view.features.some(feature => feature.description) ? columns : columns.slice(0, 2)}
      rows={view.features}
      keyOf={feature => feature.name}
    />
  );
}

interface IRow {
  key: string;
  cells: string[];
}

function PreviewTable({ preview, name }: { preview: Preview; name: string }): ReactElement {
  const { trans } = useWorkbench();
  const columns = preview.columns.map((column, index): IColumn<IRow> => ({
    id: String(index),
    label: column,
    numeric: preview.rows.every(row => isNumber(row[index])),
    cell: row => (
      <span className="lw-Cell" title={row.cells[index]}>
        {row.cells[index]}
      </span>
    )
  }));
  return (
    <>
      <Table
        label={trans.__('First rows of %1', name)}
        columns={columns}
        rows={preview.rows.map((cells, index) => ({ key: String(index), cells }))}
        keyOf={row => row.key}
      />
      {preview.total_rows === null ? null : (
        <p className="lw-quiet">
          {trans.__('%1 of %2 rows', preview.rows.length, number(preview.total_rows))}
        </p>
      )}
    </>
  );
}

function isNumber(text: string): boolean {
  return text === '' || Number.isFinite(Number(text));
}
