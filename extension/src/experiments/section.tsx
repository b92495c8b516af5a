import React, { type ReactElement } from 'react';

import { Badge } from '../common/badge';
import { ago, number } from '../common/format';
import { Empty, Loaded } from '../common/shell';
import { useWorkbench } from '../common/widget';
import type { Run } from './api';
import type { ExperimentsModel, ILatest } from './model';
import { statusOf } from './words';

interface IProps {
  model: ExperimentsModel;
  openRuns: (experimentId: string, name: string) => void;
}

/** The side bar's section: experiments with their newest runs. */
export function ExperimentsSection({ model, openRuns }: IProps): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Loaded resource={model.latest}>
      {experiments =>
        experiments.length ? (
          <ul className="lw-List">
            {experiments.map(latest => (
              <ExperimentItem key={latest.experiment.experiment_id} latest={latest} openRuns={openRuns} />
            ))}
          </ul>
        ) : (
          <Empty>
            <p>{trans.__('No runs yet. Track a cell, and it appears here:')}</p>
            <code>%%track flights</code>
          </Empty>
        )
      }
    </Loaded>
  );
}

function ExperimentItem({
  latest: { experiment, runs, more },
  openRuns
}: Pick<IProps, 'openRuns'> & { latest: ILatest }): ReactElement {
  const { trans } = useWorkbench();
  const open = (): void => openRuns(experiment.experiment_id, experiment.name);
  return (
    <li className="lw-Item">
      <button
        type="button"
        className="lw-Item-title"
        onClick={open}
        title={trans.__('Open the runs of %1', experiment.name)}
      >
        <span className="lw-ellipsis">{experiment.name}</span>
        <span className="lw-quiet">
          {runs.length ? (more ? `${runs.length}+` : runs.length) : trans.__('no runs')}
        </span>
      </button>
      {runs.map(run => (
        <button type="button" className="lw-Item-line" key={run.run_id} onClick={open} title={run.name}>
          <RunLine run={run} />
        </button>
      ))}
    </li>
  );
}

function RunLine({ run }: { run: Run }): ReactElement {
  const { trans } = useWorkbench();
  const { tone, text } = statusOf(run, trans);
  // By name, so that runs of one kind show the same one.
  const metric = Object.entries(run.metrics).sort(([a], [b]) => a.localeCompare(b))[0];
  return (
    <>
      <span className="lw-ellipsis">
        <Badge tone={tone} text={run.name} />
        <span className="lw-visually-hidden">{text}</span>
      </span>
      <span className="lw-quiet">
        {run.status === 'FINISHED' && metric
          ? `${metric[0]} ${number(metric[1].value, metric[1].text)}`
          : ago(run.started, trans)}
      </span>
    </>
  );
}
