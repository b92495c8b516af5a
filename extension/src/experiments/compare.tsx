import React, { useState, type ReactElement } from 'react';

import { CopyAsCell } from '../common/button';
import { Chart, seriesClass, type ISeries } from '../common/chart';
import { moment } from '../common/format';
import type { Resource } from '../common/resource';
import { Heading, Loaded } from '../common/shell';
import { useWorkbench } from '../common/widget';
import { RunActions } from './actions';
import type { Comparison, ComparisonRow } from './api';
import type { ExperimentsModel } from './model';
import { compareCode } from './words';

interface IProps {
  experiments: ExperimentsModel;
  resource: Resource<Comparison>;
}

/** The tab "Compare": runs side by side, the first is the base. */
export function ComparePanel({ experiments, resource }: IProps): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Loaded resource={resource}>
      {comparison => (
        <div className="lw-Page">
          <Heading
            title={trans._n('Comparison of %1 run', 'Comparison of %1 runs', comparison.runs.length)}
            note={[...new Set(comparison.runs.map(run => run.experiment))].join(', ')}
          >
            <CopyAsCell
              code={compareCode(comparison.runs.map(run => run.run_id))}
              what={trans.__('compare')}
            />
          </Heading>
          <ComparisonView
            comparison={comparison}
            actions={index => <RunActions model={experiments} run={comparison.runs[index]} />}
          />
        </div>
      )}
    </Loaded>
  );
}

interface IViewProps {
  comparison: Comparison;
  /** Buttons under a run's name. */
  actions?: (index: number) => ReactElement;
}

/** Parameters and metrics in columns by run, and the curves below. */
export function ComparisonView({ comparison, actions }: IViewProps): ReactElement {
  const { trans } = useWorkbench();
  const [hide, setHide] = useState(false);
  const same = [...comparison.params, ...comparison.metrics].filter(row => !row.differs).length;
  const groups: [string, ComparisonRow[]][] = [
    [trans.__('Metrics'), comparison.metrics],
    [trans.__('Parameters'), comparison.params]
  ];
  return (
    <>
      <label className="lw-Toggle">
        <input type="checkbox" checked={hide} onChange={event => setHide(event.target.checked)} />
        {trans.__('Hide what is the same in all (%1)', same)}
      </label>
      <div className="lw-Compare-body">
        <div className="lw-Table lw-Compare" role="region" aria-label={trans.__('Comparison')} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <td />
                {comparison.runs.map((run, index) => (
                  <th scope="col" key={run.run_id}>
                    <span className={`lw-swatch ${seriesClass(index)}`} aria-hidden="true" />
                    <span className="lw-Compare-run" title={`${run.name}, ${moment(run.started)}`}>
                      {run.name}
                    </span>
                    {actions?.(index)}
                  </th>
                ))}
              </tr>
            </thead>
            {groups.map(([title, rows]) => (
              <Group
                key={title}
                title={title}
                rows={rows.filter(row => row.differs || !hide)}
                runs={comparison.runs.length}
              />
            ))}
          </table>
        </div>
        <Curves comparison={comparison} />
      </div>
    </>
  );
}

function Group({
  title,
  rows,
  runs
}: {
  title: string;
  rows: ComparisonRow[];
  runs: number;
}): ReactElement | null {
  const { trans } = useWorkbench();
  return rows.length ? (
    <tbody>
      <tr className="lw-Compare-group">
        <th scope="colgroup" colSpan={runs + 1}>
          {title}
        </th>
      </tr>
      {rows.map(row => (
        <tr key={row.name} className={row.differs ? 'lw-mod-differs' : undefined}>
          <th scope="row" title={row.name}>
            {row.name}
            {row.differs ? <span className="lw-visually-hidden">{trans.__('(differs)')}</span> : null}
          </th>
          {row.values.map((value, index) => (
            <td key={index} title={value.text} className={index === row.best ? 'lw-mod-best' : undefined}>
              {value.text || <span className="lw-quiet">–</span>}
              {index === row.best ? <span className="lw-Compare-best">{trans.__('best')}</span> : null}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  ) : null;
}

function Curves({ comparison }: { comparison: Comparison }): ReactElement | null {
  const { trans } = useWorkbench();
  const metrics = [
    ...new Set(comparison.curves.filter(curve => curve.steps.length > 1).map(curve => curve.metric))
  ];
  if (!metrics.length) {
    return null;
  }
  // A series per run, in the runs' order, so that a run has its colour in every chart.
  const series = (metric: string): ISeries[] =>
    comparison.runs.map(run => {
      const curve = comparison.curves.find(one => one.run_id === run.run_id && one.metric === metric);
      return { label: run.name, x: curve?.steps ?? [], y: curve?.values ?? [] };
    });
  return (
    <section className="lw-Charts" aria-label={trans.__('Curves')}>
      {metrics.map(metric => (
        <Chart key={metric} title={metric} series={series(metric)} xLabel={trans.__('step')} />
      ))}
    </section>
  );
}
