import React, { useMemo, useState, type ReactElement } from 'react';

import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import type { Axis, Comparison } from './api';
import { MetricChart } from './chart';
import type { CompareModel } from './model';
import { Strip } from './strip';
import { curveMetrics } from './words';

const SEARCH = 8; // from so many charts on there is a box to choose among them

interface IProps {
  model: CompareModel;
  comparison: Comparison;
  base: string;
}

/** A chart a metric, all over the same range of x. */
export function Curves({ model, comparison, base }: IProps): ReactElement {
  const { trans } = useWorkbench();
  const [words, setWords] = useState('');
  const metrics = useMemo(() => curveMetrics(comparison), [comparison]);
  const found = metrics.filter(name => name.toLowerCase().includes(words.trim().toLowerCase()));
  return (
    <>
      <Tools model={model}>
        {metrics.length >= SEARCH ? (
          <input
            type="search"
            className="jp-mod-styled lw-Curves-search"
            placeholder={trans.__('Metrics…')}
            aria-label={trans.__('Show the metrics whose name has')}
            value={words}
            onChange={event => setWords(event.target.value)}
          />
        ) : null}
      </Tools>
      <Strip model={model} comparison={comparison} metric={metrics[0]} />
      {found.length ? (
        <div className="lw-Curves">
          {found.map(metric => (
            <MetricChart key={metric} model={model} comparison={comparison} metric={metric} base={base} />
          ))}
        </div>
      ) : (
        <p className="lw-quiet">{trans.__('No metric’s name has these words.')}</p>
      )}
    </>
  );
}

function Tools({ model, children }: { model: CompareModel; children: React.ReactNode }): ReactElement {
  const { trans } = useWorkbench();
  const view = useStore(model.view);
  const axes: [Axis, string][] = [
    ['step', trans.__('step')],
    ['relative', trans.__('time since start')],
    ['wall', trans.__('clock time')]
  ];
  const scale = (key: 'logX' | 'logY', label: string): ReactElement => (
    <label className="lw-Toggle">
      <input
        type="checkbox"
        checked={view[key]}
        onChange={event => model.change({ [key]: event.target.checked })}
      />
      {label}
    </label>
  );
  return (
    <div className="lw-Comparison-tools">
      <label className="lw-Toggle">
        {trans.__('Over')}
        <select
          className="lw-Select"
          value={view.axis}
          onChange={event => model.change({ axis: event.target.value as Axis, range: null })}
        >
          {axes.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label
        className="lw-Toggle"
        title={trans.__(
          'Exponential moving average, with its bias towards zero taken out, as TensorBoard has it; the values as they were logged are faint behind it.'
        )}
      >
        {trans.__('Smoothing')}
        <input
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={view.smoothing}
          onChange={event => model.change({ smoothing: Number(event.target.value) })}
        />
        <output className="lw-Curves-weight">{view.smoothing.toFixed(2)}</output>
      </label>
      {scale('logX', trans.__('log x'))}
      {scale('logY', trans.__('log y'))}
      {children}
    </div>
  );
}
