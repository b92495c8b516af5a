import React, { useState, type ReactElement } from 'react';

import { Badge } from '../../common/badge';
import { moment } from '../../common/format';
import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import { RunActions } from '../actions';
import type { ExperimentsModel } from '../model';
import { statusOf } from '../words';
import type { Comparison, Run } from './api';
import { useSelected } from './hooks';
import type { CompareModel } from './model';
import { nameOf } from './words';

const ALWAYS = 6; // with so few runs, what can be done with each is always there to be clicked

interface IProps {
  experiments: ExperimentsModel;
  model: CompareModel;
  comparison: Comparison;
  base: Run;
}

/** The runs of the comparison: what is shown, what is the base, and what can be done with each. */
export function Legend({ experiments, model, comparison, base }: IProps): ReactElement {
  const { trans } = useWorkbench();
  const view = useStore(model.view);
  const brushed = useStore(model.brushed);
  const hidden = comparison.runs.filter(run => view.hidden.includes(run.run_id)).length;
  return (
    <aside className="lw-RunList" aria-label={trans.__('Runs of this comparison')}>
      <div className="lw-RunList-head">
        <span>
          {hidden
            ? trans.__('%1 of %2 runs shown', comparison.runs.length - hidden, comparison.runs.length)
            : trans._n('%1 run', '%1 runs', comparison.runs.length)}
        </span>
        {hidden || view.isolated ? (
          <button
            type="button"
            className="lw-link"
            onClick={() => model.change({ hidden: [], isolated: null })}
          >
            {trans.__('Show all')}
          </button>
        ) : null}
      </div>
      {brushed ? <div className="lw-quiet">{trans.__('%1 within the brushes', brushed.size)}</div> : null}
      <ul>
        {comparison.runs.map(run => (
          <Entry
            key={run.run_id}
            experiments={experiments}
            model={model}
            run={run}
            isBase={run === base}
            open={comparison.runs.length <= ALWAYS}
          />
        ))}
      </ul>
    </aside>
  );
}

interface IEntryProps {
  experiments: ExperimentsModel;
  model: CompareModel;
  run: Run;
  isBase: boolean;
  open: boolean;
}

const Entry = React.memo(function Entry({
  experiments,
  model,
  run,
  isBase,
  open
}: IEntryProps): ReactElement {
  const { trans } = useWorkbench();
  const id = run.run_id;
  const hovered = useSelected(model.hovered, one => one === id);
  const filtered = useSelected(model.brushed, brushed => brushed !== null && !brushed.has(id));
  const shown = useSelected(model.view, view => !view.hidden.includes(id));
  const isolated = useSelected(model.view, view => view.isolated === id);
  const another = useSelected(model.view, view => view.isolated !== null && view.isolated !== id);
  const [near, setNear] = useState(false);
  const name = nameOf(run);
  const back = another || filtered || !shown;
  const { tone, text } = statusOf(run, trans);
  const marks = [
    hovered ? 'lw-mod-hovered' : '',
    back ? 'lw-mod-faint' : '',
    isolated ? 'lw-mod-isolated' : ''
  ];
  return (
    <li
      className={`lw-RunList-run ${marks.join(' ')}`}
      onPointerEnter={() => {
        model.hovered.set(run.run_id);
        setNear(true);
      }}
      onPointerLeave={() => {
        model.hovered.set(null);
        setNear(false);
      }}
      onFocus={() => setNear(true)}
    >
      <div className="lw-RunList-line">
        <input
          type="checkbox"
          checked={shown}
          aria-label={trans.__('Show %1', name)}
          onChange={() => model.toggle(run.run_id)}
        />
        <span className="lw-swatch" style={{ background: model.colour(run.run_id) }} aria-hidden="true" />
        <button
          type="button"
          className="lw-RunList-name"
          aria-pressed={isolated}
          title={`${name}\n${text}, ${moment(run.started)}${run.source ? `\n${run.source}` : ''}\n${trans.__('Click: this run alone')}`}
          onClick={() => model.isolate(run.run_id)}
        >
          {name}
        </button>
        {run.status === 'FINISHED' ? null : <Badge tone={tone} text={text} />}
        {isBase ? (
          <span className="lw-Compare-base">{trans.__('base')}</span>
        ) : near || isolated ? (
          <button
            type="button"
            className="lw-link lw-RunList-base"
            title={trans.__('Measure the others against this run')}
            aria-label={trans.__('Make %1 the base', name)}
            onClick={() => model.change({ base: run.run_id })}
          >
            {trans.__('set base')}
          </button>
        ) : null}
      </div>
      {open || isolated ? <RunActions model={experiments} run={run} /> : null}
    </li>
  );
});
