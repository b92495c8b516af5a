import { closeIcon, copyIcon, historyIcon, launchIcon, notebookIcon } from '@jupyterlab/ui-components';
import React, { useMemo, type ReactElement, type ReactNode } from 'react';

import type { Schemas } from '../../api/request';
import { Badge } from '../../common/badge';
import { IconButton } from '../../common/button';
import { duration, moment, number, seconds } from '../../common/format';
import { Facts } from '../../common/page';
import { Loaded } from '../../common/shell';
import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import { RunActions } from '../actions';
import type { ExperimentsModel } from '../model';
import { statusOf } from '../words';
import { getRun } from './api';
import { originOf, placeOf, type Deeds, type Origin } from './deeds';
import type { RunsTable } from './model';

interface IProps {
  experiments: ExperimentsModel;
  model: RunsTable;
  deeds: Deeds;
  runId: string;
}

interface IDetails {
  detail: Schemas['RunDetail'];
  origin: Origin;
}

/** All that is known of a run, beside the table. */
export function Details({ experiments, model, deeds, runId }: IProps): ReactElement {
  const workbench = useWorkbench();
  const { trans } = workbench;
  const resource = useMemo(
    () =>
      workbench.resource<IDetails>(['experiments'], async background => {
        const [detail, origin] = await Promise.all([
          getRun(workbench.api, runId, background),
          originOf(workbench, runId, background)
        ]);
        return { detail, origin };
      }),
    [workbench, runId]
  );
  return (
    <aside
      className="lw-Details"
      aria-label={trans.__('Details of the run')}
      onKeyDown={event => event.key === 'Escape' && model.open.set(null)}
    >
      <div className="lw-Details-close">
        <IconButton
          label={trans.__('Close the details')}
          icon={closeIcon}
          onClick={() => model.open.set(null)}
        />
      </div>
      <Loaded resource={resource}>
        {details => <RunDetails {...details} experiments={experiments} deeds={deeds} />}
      </Loaded>
    </aside>
  );
}

function RunDetails({
  detail: { run, artifacts },
  origin,
  experiments,
  deeds
}: IDetails & Pick<IProps, 'experiments' | 'deeds'>): ReactElement {
  const { trans } = useWorkbench();
  const place = placeOf(origin);
  const about = origin.context;
  const parts = useStore(experiments.parts);
  return (
    <>
      <h2 title={run.name.slice(0, 2000)}>{run.name.slice(0, 300) || run.run_id}</h2>
      <div className="lw-Details-state">
        <Badge {...statusOf(run, trans)} />
        <span className="lw-actions">
          {place ? (
            <IconButton
              label={trans.__('Open the notebook at the cell')}
              icon={notebookIcon}
              onClick={() => deeds.openNotebook(place)}
            />
          ) : null}
          {origin.recorded ? (
            <IconButton
              label={trans.__('Restore the recorded notebook')}
              icon={historyIcon}
              onClick={() => deeds.restore(run.run_id)}
            />
          ) : null}
          <RunActions model={experiments} run={run} />
          <IconButton
            label={trans.__('Open in MLflow')}
            icon={launchIcon}
            onClick={() => deeds.openMlflow(run.experiment_id, run.run_id)}
          />
          <IconButton
            label={trans.__('Copy the run’s id')}
            icon={copyIcon}
            onClick={() => deeds.copyId(run.run_id)}
          />
        </span>
      </div>
      <Facts
        facts={[
          [trans.__('Started'), moment(run.started)],
          [trans.__('Duration'), duration(run.started, run.ended)],
          [trans.__('Source'), run.source],
          [trans.__('Notebook'), origin.notebook],
          [trans.__('Commit'), origin.commit ? <code>{origin.commit.slice(0, 12)}</code> : null],
          [trans.__('Branch'), origin.branch],
          [
            trans.__('Changes'),
            about?.git?.changed_files
              ? trans._n('%1 file not committed', '%1 files not committed', about.git.changed_files)
              : null
          ],
          [trans.__('Python'), about?.python ?? null],
          [trans.__('Packages'), about?.packages ? number(about.packages) : null],
          [
            trans.__('Cluster'),
            about?.cluster
              ? trans.__(
                  '%1: %2 workers, %3 threads, %4 GPUs',
                  about.cluster.name,
                  about.cluster.workers,
                  about.cluster.threads,
                  about.cluster.gpus
                )
              : null
          ],
          [trans.__('User'), origin.user],
          ...costs(run.costs ?? {}, trans)
        ]}
      />
      <Values
        title={trans.__('Metrics')}
        values={Object.entries(run.metrics).map(([name, { value, text, step }]) => [
          name,
          <span title={trans.__('%1, at step %2', text, step)}>{number(value, text)}</span>
        ])}
      />
      <Values title={trans.__('Parameters')} values={Object.entries(run.params)} />
      <Values title={trans.__('Tags')} values={Object.entries(run.tags)} />
      <Values
        title={trans.__('Data')}
        values={(about?.data ?? []).map(({ name, digest, rows, columns }) => [
          name,
          [digest, rows == null ? '' : trans.__('%1 × %2', number(rows), number(columns))]
            .filter(Boolean)
            .join(', ')
        ])}
      />
      <Values
        title={trans.__('Feature views')}
        values={(about?.feature_views ?? []).map(({ name, version }) => [name, version])}
      />
      <Values title={trans.__('Models')} values={run.models.map(({ name, uri }) => [name, uri])} />
      {parts.map(part => (
        <React.Fragment key={part.title}>{part.body(run)}</React.Fragment>
      ))}
      {artifacts.length ? (
        <section>
          <h3>{trans.__('Artifacts')}</h3>
          <ul className="lw-Details-files">
            {artifacts.map(path => (
              <li key={path}>{path}</li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}

function costs(
  found: Record<string, number>,
  trans: ReturnType<typeof useWorkbench>['trans']
): [string, ReactNode][] {
  const say: [string, string, (value: number) => string][] = [
    ['wall_seconds', trans.__('Wall time'), seconds],
    ['cpu_seconds', trans.__('CPU time'), seconds],
    ['gpu_seconds', trans.__('GPU time'), seconds],
    ['peak_memory_mb', trans.__('Peak memory'), value => `${number(Math.round(value))} MB`],
    ['peak_gpu_memory_mb', trans.__('Peak GPU memory'), value => `${number(Math.round(value))} MB`],
    ['money', trans.__('Estimated cost'), value => number(value)]
  ];
  return say.map(([name, label, words]) => [label, name in found ? words(found[name]) : null]);
}

/** Names with their values; long ones can be read to their end by scrolling. */
function Values({ title, values }: { title: string; values: [string, ReactNode][] }): ReactElement | null {
  return values.length ? (
    <section>
      <h3>{title}</h3>
      <dl className="lw-Details-values">
        {values
          .sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true }))
          .map(([name, value]) => (
            <React.Fragment key={name}>
              <dt title={name}>{name}</dt>
              <dd>{value}</dd>
            </React.Fragment>
          ))}
      </dl>
    </section>
  ) : null;
}
