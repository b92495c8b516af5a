import React, { useMemo, type ReactElement } from 'react';

import type { Schemas } from '../api/request';
import { Badge } from '../common/badge';
import { Button, CopyAsCell } from '../common/button';
import { ago, duration, moment, number } from '../common/format';
import { Empty, Heading, Loaded } from '../common/shell';
import { useStore } from '../common/store';
import { Table, type IColumn } from '../common/table';
import { useWorkbench } from '../common/widget';
import { RunActions } from './actions';
import type { Run } from './api';
import type { ExperimentsModel, RunsModel } from './model';
import { compareCode, compareExperimentCode, statusOf } from './words';

interface IProps {
  experiments: ExperimentsModel;
  model: RunsModel;
  name: string;
  compare: (runIds: string[]) => void;
}

/** The tab "Runs" of an experiment. */
export function RunsPanel(props: IProps): ReactElement {
  return <Loaded resource={props.model.runs}>{page => <RunsTable {...props} page={page} />}</Loaded>;
}

function RunsTable({
  experiments,
  model,
  name,
  compare,
  page
}: IProps & { page: Schemas['RunPage'] }): ReactElement {
  const { trans } = useWorkbench();
  const ticked = useStore(model.ticked).filter(id => page.runs.some(run => run.run_id === id));
  const columns = useColumns(experiments, model, page.runs);
  return (
    <div className="lw-Page">
      <Heading title={name} note={trans._n('%1 run', '%1 runs', page.runs.length)}>
        <CopyAsCell
          code={ticked.length ? compareCode(ticked) : compareExperimentCode(name)}
          what={trans.__('compare')}
        />
        <Button
          label={ticked.length ? trans.__('Compare %1', ticked.length) : trans.__('Compare')}
          kind="accept"
          disabled={ticked.length < 2}
          title={ticked.length < 2 ? trans.__('Tick two runs or more to compare them') : undefined}
          onClick={() => compare([...ticked])}
        />
      </Heading>
      {page.runs.length ? (
        <Table
          label={trans.__('Runs of %1', name)}
          columns={columns}
          rows={page.runs}
          keyOf={run => run.run_id}
          by={{ id: 'started', down: true }}
          className="lw-Runs"
        />
      ) : (
        <Empty>
          <p>{trans.__('This experiment has no runs yet. Track a cell, and it appears here:')}</p>
          <code>%%track {name}</code>
        </Empty>
      )}
      {page.next_page ? (
        <div className="lw-more">
          <Button label={trans.__('Show older runs')} onClick={() => model.more()} />
        </div>
      ) : null}
    </div>
  );
}

function useColumns(experiments: ExperimentsModel, model: RunsModel, runs: Run[]): IColumn<Run>[] {
  const { trans } = useWorkbench();
  const ticked = useStore(model.ticked);
  return useMemo(() => {
    const names = (of: (run: Run) => object): string[] =>
      [...new Set(runs.flatMap(run => Object.keys(of(run))))].sort();
    return [
      {
        id: 'tick',
        label: '',
        cell: run => (
          <input
            type="checkbox"
            checked={ticked.includes(run.run_id)}
            aria-label={trans.__('Compare %1', run.name)}
            onChange={() => model.tick(run.run_id)}
          />
        )
      },
      {
        id: 'name',
        label: trans.__('Run'),
        sort: run => run.name,
        cell: run => (
          <span className="lw-Runs-name" title={run.source ? `${run.name} (${run.source})` : run.name}>
            {run.name}
          </span>
        )
      },
      { id: 'actions', label: '', cell: run => <RunActions model={experiments} run={run} /> },
      {
        id: 'status',
        label: trans.__('Status'),
        sort: run => run.status,
        cell: run => <Badge {...statusOf(run, trans)} />
      },
      {
        id: 'started',
        label: trans.__('Started'),
        sort: run => run.started && Date.parse(run.started),
        cell: run => <span title={moment(run.started)}>{ago(run.started, trans)}</span>
      },
      {
        id: 'duration',
        label: trans.__('Duration'),
        numeric: true,
        sort: run => (run.started && run.ended ? Date.parse(run.ended) - Date.parse(run.started) : null),
        cell: run => duration(run.started, run.ended)
      },
      ...names(run => run.metrics).map((metric): IColumn<Run> => ({
        id: `metric:${metric}`,
        label: metric,
        group: 'metric',
        numeric: true,
        sort: run => run.metrics[metric]?.value ?? null,
        cell: run => (run.metrics[metric] ? number(run.metrics[metric].value, run.metrics[metric].text) : '')
      })),
      ...names(run => run.params).map((param): IColumn<Run> => ({
        id: `param:${param}`,
        label: param,
        group: 'param',
        sort: run => run.params[param] ?? null,
        cell: run => (
          <span className="lw-Runs-param" title={run.params[param]}>
            {run.params[param] ?? ''}
          </span>
        )
      }))
    ];
  }, [experiments, model, runs, ticked, trans]);
}
