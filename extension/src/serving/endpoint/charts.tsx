import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';

import { useResource } from '../../common/resource';
import { Empty } from '../../common/shell';
import { Table } from '../../common/table';
import { useWorkbench } from '../../common/widget';
import type { Endpoint } from '../api';
import type { Figures } from './api';
import type { ILine } from './livechart';
import type { EndpointModel } from './model';
import { SmallChart } from './smallchart';
import { figure } from './words';

const ROWS = 12;

/** What the last five minutes were like. */
export function LiveFigures({
  model,
  endpoint
}: {
  model: EndpointModel;
  endpoint: Endpoint;
}): ReactElement | null {
  const { trans } = useWorkbench();
  const state = useResource(model.figures);
  const last = useRef<Figures | null>(null);
  const [at, setAt] = useState<number | null>(null);
  if (state.status === 'ready') {
    last.current = state.data;
  }
  const figures = endpoint.state === 'stopped' ? null : last.current;
  const times = useMemo(() => (figures ? timesOf(figures) : []), [figures]);
  const charts = useMemo(() => (figures ? chartsOf(figures, trans) : []), [figures, trans]);
  // The pointer's place is an index: it means something else once new figures have come.
  useEffect(() => setAt(null), [figures?.end]);

  if (!figures) {
    return (
      <p className="lw-quiet" role="status">
        {endpoint.state === 'stopped'
          ? trans.__('Stopped: nobody is answered.')
          : state.status === 'failed'
            ? trans.__('No figures now: %1', state.error.detail)
            : trans.__('Loading…')}
      </p>
    );
  }
  if (!figures.requests.some(value => value > 0)) {
    return (
      <Empty>
        <p>
          {endpoint.predictions
            ? trans.__('Nothing asked in the last five minutes.')
            : trans.__('Nothing asked yet. Try it below, or call it by code.')}
        </p>
      </Empty>
    );
  }
  return (
    <>
      <div className="lw-Lives" data-end={figures.end}>
        {charts.map(chart => (
          <SmallChart
            key={chart.title}
            {...chart}
            times={times}
            at={at !== null && at < times.length ? at : null}
            sync={`labwright-${endpoint.name}`}
            onPoint={setAt}
          />
        ))}
      </div>
      <details className="lw-Lives-table">
        <summary>
          {at === null
            ? trans.__('The last minute as a table')
            : new Date(times[at] * 1000).toLocaleTimeString()}
        </summary>
        <AsTable figures={figures} times={times} charts={charts} />
      </details>
    </>
  );
}

interface IChart {
  title: string;
  unit: string;
  lines: (ILine & { head: string })[];
}

function timesOf({ end, seconds, requests }: Figures): number[] {
  return requests.map((_, place) => end - seconds * (requests.length - place - 0.5));
}

function chartsOf(figures: Figures, trans: TranslationBundle): IChart[] {
  return [
    {
      title: trans.__('Requests'),
      unit: trans.__('per second'),
      lines: [
        {
          label: '',
          head: trans.__('Requests/s'),
          values: figures.requests,
          colour: '--jp-brand-color1',
          fill: true
        }
      ]
    },
    {
      title: trans.__('Latency'),
      unit: trans.__('milliseconds'),
      lines: [
        { label: 'p50', head: 'p50 ms', values: figures.p50_ms, colour: '--jp-brand-color1' },
        { label: 'p95', head: 'p95 ms', values: figures.p95_ms, colour: '--jp-warn-color1' },
        { label: 'p99', head: 'p99 ms', values: figures.p99_ms, colour: '--jp-ui-font-color2', dash: [4, 3] }
      ]
    },
    {
      title: trans.__('Not answered'),
      unit: trans.__('per second'),
      lines: [
        {
          label: trans.__('errors (5xx)'),
          head: trans.__('Errors/s'),
          values: figures.errors,
          colour: '--jp-error-color1',
          fill: true
        },
        {
          label: trans.__('refused (4xx)'),
          head: trans.__('Refused/s'),
          values: figures.refused,
          colour: '--jp-warn-color1',
          dash: [4, 3]
        }
      ]
    },
    {
      title: trans.__('Batches'),
      unit: trans.__('rows each'),
      lines: [
        {
          label: '',
          head: trans.__('Rows per batch'),
          values: figures.batch_rows,
          colour: '--jp-info-color1'
        }
      ]
    }
  ];
}

/** The same in numbers, the newest first: what a picture does not tell everybody. */
function AsTable({
  figures,
  times,
  charts
}: {
  figures: Figures;
  times: number[];
  charts: IChart[];
}): ReactElement {
  const { trans } = useWorkbench();
  const rows = figures.requests
    .map((_, place) => place)
    .slice(-ROWS)
    .reverse();
  return (
    <Table
      label={trans.__('Figures of the last minute')}
      rows={rows}
      keyOf={String}
      columns={[
        {
          id: 'at',
          label: trans.__('Around'),
          cell: place => new Date(times[place] * 1000).toLocaleTimeString()
        },
        ...charts.flatMap(({ lines }) =>
          lines.map(({ head, values }) => ({
            id: head,
            label: head,
            numeric: true,
            cell: (place: number) => figure(values[place])
          }))
        )
      ]}
    />
  );
}
