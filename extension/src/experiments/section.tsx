import React, { useState, type ReactElement } from 'react';

import { Badge } from '../common/badge';
import { ago, number } from '../common/format';
import { useResource } from '../common/resource';
import { Empty, Loaded } from '../common/shell';
import { useWorkbench } from '../common/widget';
import type { Overview } from './api';
import type { ExperimentsModel } from './model';
import { statusOf } from './words';

interface IProps {
  model: ExperimentsModel;
  /** Open an experiment's table; with a run, show that one. */
  openRuns: (experimentId: string, name: string, runId?: string) => void;
}

/** More experiments are listed when asked for. */
const LISTED = 20;

/** The side bar's section: experiments with their newest runs. */
export function ExperimentsSection({ model, openRuns }: IProps): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Loaded resource={model.latest}>
      {experiments => (
        <>
          <KeptBy model={model} />
          {experiments.length ? (
            <Experiments experiments={experiments} openRuns={openRuns} />
          ) : (
            <Empty>
              <p>{trans.__('No runs yet. Track a cell, and it appears here:')}</p>
              <code>%%track flights</code>
            </Empty>
          )}
        </>
      )}
    </Loaded>
  );
}

/** Which server keeps the runs, where it is not Labwright's own MLflow. */
function KeptBy({ model }: Pick<IProps, 'model'>): ReactElement | null {
  const { trans } = useWorkbench();
  const tracking = useResource(model.tracking);
  const remote = tracking.status === 'ready' ? tracking.data.remote : null;
  return remote ? (
    <div className="lw-quiet lw-ellipsis lw-KeptBy" title={remote}>
      {trans.__('Kept by %1', remote)}
    </div>
  ) : null;
}

function Experiments({
  experiments,
  openRuns
}: Pick<IProps, 'openRuns'> & { experiments: Overview[] }): ReactElement {
  const { trans } = useWorkbench();
  const [all, setAll] = useState(false);
  const listed = all ? experiments : experiments.slice(0, LISTED);
  return (
    <>
      <ul className="lw-List">
        {listed.map(overview => (
          <ExperimentItem key={overview.experiment.experiment_id} overview={overview} openRuns={openRuns} />
        ))}
      </ul>
      {listed.length < experiments.length ? (
        <button type="button" className="lw-Item-line" onClick={() => setAll(true)}>
          <span className="lw-quiet">
            {trans.__('Show %1 more experiments', experiments.length - listed.length)}
          </span>
        </button>
      ) : null}
    </>
  );
}

function ExperimentItem({
  overview: { experiment, runs, more },
  openRuns
}: Pick<IProps, 'openRuns'> & { overview: Overview }): ReactElement {
  const { trans } = useWorkbench();
  const open = (runId?: string): void => openRuns(experiment.experiment_id, experiment.name, runId);
  return (
    <li className="lw-Item">
      <button
        type="button"
        className="lw-Item-title"
        onClick={() => open()}
        title={trans.__('Open the runs of %1', experiment.name)}
      >
        <span className="lw-ellipsis">{experiment.name}</span>
        <span className="lw-quiet">
          {runs.length ? (more ? `${runs.length}+` : runs.length) : more ? '' : trans.__('no runs')}
        </span>
      </button>
      {runs.map(run => (
        <button
          type="button"
          className="lw-Item-line"
          key={run.run_id}
          onClick={() => open(run.run_id)}
          title={run.name}
        >
          <RunLine run={run} />
        </button>
      ))}
    </li>
  );
}

function RunLine({ run }: { run: Overview['runs'][number] }): ReactElement {
  const { trans } = useWorkbench();
  const { tone, text } = statusOf(run, trans);
  return (
    <>
      <span className="lw-ellipsis">
        <Badge tone={tone} text={run.name.slice(0, 300)} />
        <span className="lw-visually-hidden">{text}</span>
      </span>
      <span className="lw-quiet">
        {run.status === 'FINISHED' && run.metric !== null
          ? `${run.metric.slice(0, 100)} ${number(run.value, run.text)}`
          : ago(run.started, trans)}
      </span>
    </>
  );
}
