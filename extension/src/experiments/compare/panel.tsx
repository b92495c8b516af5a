import React, { useRef, type ReactElement } from 'react';

import { CopyAsCell } from '../../common/button';
import { Heading, Loaded } from '../../common/shell';
import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import type { ExperimentsModel } from '../model';
import { compareCode } from '../words';
import { MOST_RUNS, type Comparison } from './api';
import { Curves } from './curves';
import { Files } from './files';
import { Legend } from './legend';
import type { CompareModel } from './model';
import { Parts } from './parts';
import { Relations } from './relations';
import { AS_ROWS, Values } from './values';
import { curveMetrics, nameOf } from './words';

interface IProps {
  experiments: ExperimentsModel;
  model: CompareModel;
}

/** The tab "Compare": runs side by side, the first is the base unless another is chosen. */
export function ComparePanel({ experiments, model }: IProps): ReactElement {
  return (
    <Loaded resource={model.comparison}>
      {comparison => <Page experiments={experiments} model={model} comparison={comparison} />}
    </Loaded>
  );
}

function Page({ experiments, model, comparison }: IProps & { comparison: Comparison }): ReactElement {
  const { trans } = useWorkbench();
  const view = useStore(model.view);
  const page = useRef<HTMLDivElement>(null);
  const base = comparison.runs.find(run => run.run_id === view.base) ?? comparison.runs[0];
  const parts: [string, string, ReactElement][] = [
    [
      'values',
      trans.__('Values'),
      <ValuesPart key="v" model={model} comparison={comparison} base={base.run_id} />
    ]
  ];
  if (curveMetrics(comparison).length) {
    parts.push([
      'curves',
      trans.__('Curves'),
      <Curves key="c" model={model} comparison={comparison} base={base.run_id} />
    ]);
  }
  if (comparison.runs.length > 1) {
    parts.push([
      'relations',
      trans.__('Relations'),
      <Relations key="r" model={model} comparison={comparison} base={base.run_id} />
    ]);
    parts.push([
      'parts',
      trans.__('Code, environment, data'),
      <Parts key="p" model={model} comparison={comparison} base={base} />
    ]);
  }
  parts.push([
    'files',
    trans.__('Images and tables'),
    <Files key="f" model={model} comparison={comparison} base={base} />
  ]);
  return (
    <div className="lw-Page lw-Comparison" ref={page}>
      <Heading
        title={
          comparison.runs.length === 1
            ? nameOf(base)
            : trans.__('Comparison of %1 runs', comparison.runs.length)
        }
        note={[...new Set(comparison.runs.map(run => run.experiment))].join(', ')}
      >
        <CopyAsCell code={compareCode(comparison.runs.map(run => run.run_id))} what={trans.__('compare')} />
      </Heading>
      <Notices model={model} comparison={comparison} />
      <nav className="lw-Comparison-nav" aria-label={trans.__('Parts of the comparison')}>
        {parts.map(([id, title]) => (
          <button
            type="button"
            key={id}
            onClick={() =>
              page.current?.querySelector(`[data-part="${id}"]`)?.scrollIntoView({ behavior: 'smooth' })
            }
          >
            {title}
          </button>
        ))}
      </nav>
      <div className="lw-Comparison-body">
        <Legend experiments={experiments} model={model} comparison={comparison} base={base} />
        <div className="lw-Comparison-parts">
          {parts.map(([id, title, body]) => (
            <section key={id} className="lw-Part" data-part={id} aria-label={title}>
              <div className="lw-Part-head">
                <h2>{title}</h2>
              </div>
              {body}
            </section>
          ))}
        </div>
      </div>
    </div>
  );
}

/** What is not shown, and why. */
function Notices({
  model,
  comparison
}: {
  model: CompareModel;
  comparison: Comparison;
}): ReactElement | null {
  const { trans } = useWorkbench();
  const missing = comparison.missing ?? [];
  const over = model.runIds.length - MOST_RUNS;
  if (!missing.length && over <= 0) {
    return null;
  }
  return (
    <div className="lw-State lw-mod-error lw-Comparison-notice" role="status">
      {over > 0 ? (
        <p>
          {trans.__(
            'At most %1 runs are compared at once: the first %1 are here, %2 are not. Tick fewer, or group the table.',
            MOST_RUNS,
            over
          )}
        </p>
      ) : null}
      {missing.slice(0, 5).map(run => (
        <p key={run.run_id}>
          <code>{run.run_id.slice(0, 8)}</code> {run.reason}
        </p>
      ))}
      {missing.length > 5 ? <p>{trans.__('%1 more runs are not there.', missing.length - 5)}</p> : null}
    </div>
  );
}

function ValuesPart({
  model,
  comparison,
  base
}: {
  model: CompareModel;
  comparison: Comparison;
  base: string;
}): ReactElement {
  const { trans } = useWorkbench();
  const view = useStore(model.view);
  const hovered = useStore(model.hovered);
  const brushed = useStore(model.brushed);
  const rows = [...comparison.params, ...comparison.metrics, ...(comparison.costs ?? [])];
  const same = rows.filter(row => !row.differs).length;
  const asRows = view.layout === 'auto' ? comparison.runs.length >= AS_ROWS : view.layout === 'rows';
  return (
    <>
      <div className="lw-Comparison-tools">
        <label className="lw-Toggle">
          <input
            type="checkbox"
            checked={view.hideSame}
            onChange={event => model.change({ hideSame: event.target.checked })}
          />
          {trans.__('Hide what is the same in all (%1)', same)}
        </label>
        <label className="lw-Toggle">
          <input
            type="checkbox"
            checked={asRows}
            onChange={event => model.change({ layout: event.target.checked ? 'rows' : 'columns' })}
          />
          {trans.__('Runs as rows')}
        </label>
      </div>
      <Values
        comparison={comparison}
        base={comparison.runs.findIndex(run => run.run_id === base)}
        hideSame={view.hideSame}
        asRows={asRows}
        hovered={hovered}
        onHover={runId => model.hovered.set(runId)}
        onBase={runId => model.change({ base: runId })}
        faint={runId =>
          (view.isolated !== null && view.isolated !== runId) ||
          view.hidden.includes(runId) ||
          (brushed !== null && !brushed.has(runId))
        }
      />
    </>
  );
}
