import React, { useState, type ReactElement } from 'react';

import { Chart, type ISeries } from '../../common/chart';
import { useWorkbench } from '../../common/widget';
import type { Comparison } from './api';
import { colourOf } from './colours';
import { Values } from './values';
import { nameOf } from './words';

// An output is narrow and short: from so many runs on each is a row.
const AS_ROWS = 21;

/** A comparison in the output of a cell: what travels with the notebook, without the service. */
export function ComparisonOutput({ comparison }: { comparison: Comparison }): ReactElement {
  const { trans } = useWorkbench();
  const [hide, setHide] = useState(true);
  const rows = [...comparison.params, ...comparison.metrics, ...(comparison.costs ?? [])];
  const same = rows.filter(row => !row.differs).length;
  return (
    <>
      {same ? (
        <label className="lw-Toggle">
          <input type="checkbox" checked={hide} onChange={event => setHide(event.target.checked)} />
          {trans.__('Hide what is the same in all (%1)', same)}
        </label>
      ) : null}
      <div className="lw-Compare-body">
        <Values
          comparison={comparison}
          base={0}
          hideSame={hide}
          whole
          asRows={comparison.runs.length >= AS_ROWS}
        />
        <Curves comparison={comparison} />
      </div>
      {comparison.more_runs ? (
        <p className="lw-quiet">
          {trans.__(
            '%1 more runs do not fit in an output; open the comparison to see all.',
            comparison.more_runs
          )}
        </p>
      ) : null}
    </>
  );
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
    comparison.runs.map((run, index) => {
      const curve = comparison.curves.find(one => one.run_id === run.run_id && one.metric === metric);
      return { label: nameOf(run), colour: colourOf(index), x: curve?.steps ?? [], y: curve?.values ?? [] };
    });
  return (
    <section className="lw-Charts" aria-label={trans.__('Curves')}>
      {metrics.map(metric => (
        <Chart key={metric} title={metric} series={series(metric)} xLabel={trans.__('step')} />
      ))}
    </section>
  );
}
