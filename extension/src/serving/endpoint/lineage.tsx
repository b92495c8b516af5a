import { historyIcon, notebookIcon } from '@jupyterlab/ui-components';
import React, { useContext, type ReactElement, type ReactNode } from 'react';

import { Button } from '../../common/button';
import { number } from '../../common/format';
import { Facts } from '../../common/page';
import { Loaded } from '../../common/shell';
import { useWorkbench } from '../../common/widget';
import type { Endpoint } from '../api';
import type { VersionOrigin } from './api';
import type { EndpointModel } from './model';
import { Experiments, RunLink } from './runlink';
import { percentOf, roleOf } from './words';

/** From each version back: its run, the notebook and the cell, the data and the features. */
export function LineagePart({ model, endpoint }: { model: EndpointModel; endpoint: Endpoint }): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Loaded resource={model.lineage}>
      {({ versions }) => (
        <>
          <div className="lw-Columns">
            {versions.map(version => (
              <Origin key={version.version} origin={version} />
            ))}
          </div>
          <Facts
            facts={[
              [trans.__('Isolation'), endpoint.isolation],
              [
                trans.__('Training sample'),
                endpoint.has_reference ? trans.__('logged, so drift can be read') : trans.__('not logged')
              ]
            ]}
          />
        </>
      )}
    </Loaded>
  );
}

function Origin({ origin }: { origin: VersionOrigin }): ReactElement {
  const { trans } = useWorkbench();
  const experiments = useContext(Experiments);
  const { notebook } = origin;
  const role = origin.role ? roleOf(origin.role, trans) : trans.__('before, to roll back to');
  return (
    <section className="lw-Origin" aria-label={trans.__('Version %1', origin.version)}>
      <h3>
        {trans.__('Version %1', origin.version)}{' '}
        <span className="lw-quiet">
          {origin.role ? trans.__('%1, %2', role, percentOf(origin.percent)) : role}
        </span>
      </h3>
      <Facts
        facts={[
          [trans.__('Run'), origin.run_id ? <RunLink runId={origin.run_id} name={origin.run_name} /> : null],
          [trans.__('Experiment'), origin.experiment ?? null],
          [trans.__('Notebook'), notebook ? placeWords(origin, trans) : null],
          [trans.__('Commit'), origin.commit ? <code>{origin.commit.slice(0, 12)}</code> : null],
          [trans.__('Branch'), origin.branch ?? null],
          [trans.__('User'), origin.user ?? null],
          [trans.__('Data'), listed((origin.data ?? []).map(one => [one.name, dataWords(one, trans)]))],
          [
            trans.__('Feature views'),
            listed((origin.feature_views ?? []).map(one => [one.name, one.version ?? '']))
          ],
          [trans.__('Registered'), trans.__('%1, version %2', origin.model, origin.version)],
          [trans.__('Digest'), <code title={origin.digest}>{origin.digest.slice(0, 16)}…</code>],
          [trans.__('Note'), origin.note || null]
        ]}
      />
      {experiments && notebook ? (
        <div className="lw-Origin-actions">
          <Button
            label={trans.__('Open the notebook at its cell')}
            icon={notebookIcon}
            onClick={() =>
              experiments.openNotebook({
                notebook,
                cell: origin.cell ?? null,
                cellId: origin.cell_id ?? null
              })
            }
          />
          {origin.recorded && origin.run_id ? (
            <Button
              label={trans.__('Restore as it was')}
              icon={historyIcon}
              title={trans.__('Write the recorded cells beside the notebook, and open them')}
              onClick={() => experiments.restore(origin.run_id!)}
            />
          ) : null}
        </div>
      ) : null}
    </section>
  );
}

type Trans = ReturnType<typeof useWorkbench>['trans'];

function placeWords({ notebook, cell }: VersionOrigin, trans: Trans): string {
  return cell ? trans.__('%1, cell [%2]', notebook, cell) : notebook!;
}

function dataWords(
  { digest, rows, columns }: NonNullable<VersionOrigin['data']>[number],
  trans: Trans
): string {
  const size = rows == null ? '' : trans.__('%1 × %2', number(rows), number(columns));
  return [digest, size].filter(Boolean).join(', ');
}

function listed(items: [string, string][]): ReactNode {
  return items.length ? (
    <ul className="lw-Origin-list">
      {items.map(([name, words]) => (
        <li key={name}>
          {name} <span className="lw-quiet">{words}</span>
        </li>
      ))}
    </ul>
  ) : null;
}
