import type { CommandRegistry } from '@lumino/commands';
import React, { useEffect, useState, type ReactElement, type ReactNode } from 'react';

import type { Schemas } from '../api/request';
import { Badge, type Tone } from '../common/badge';
import { Button } from '../common/button';
import { number, seconds } from '../common/format';
import { useWorkbench } from '../common/widget';
import { readRunOutput, type ShownMetric as Metric, type ShownRun as Run } from './parse';
import type { IOutputKind } from './output';
import { Spark } from './spark';

type Fact = Schemas['OutputFact'];

const OPEN_RUNS = 'labwright:open-runs';
const OPEN_COMPARE = 'labwright:open-compare';
/** A kernel that goes on says so every few seconds; after this long it is not known whether it does. */
const SILENCE_SECONDS = 20;

/** What `%%track` shows: how the run goes, and when it has ended, what became of it. */
export function runOutput(commands: CommandRegistry): IOutputKind<Run> {
  function View({ data }: { data: Run }): ReactElement {
    const { trans } = useWorkbench();
    const { run_id, experiment, experiment_id } = data;
    return (
      <div className="lw-Output-body lw-RunOutput">
        <div className="lw-Output-head">
          <div className="lw-Output-words">
            <div className="lw-Output-title lw-RunOutput-title">
              <span className="lw-ellipsis" title={data.name}>
                {data.name}
              </span>
              <State run={data} />
            </div>
            <div className="lw-quiet lw-ellipsis" title={`${experiment} · ${data.source}`}>
              {[experiment, data.source].filter(Boolean).join(' · ')}
            </div>
          </div>
          <div className="lw-Output-actions">
            {commands.hasCommand(OPEN_COMPARE) && data.status !== 'RUNNING' ? (
              <Button
                label={
                  data.metrics.some(metric => metric.steps.length > 1)
                    ? trans.__('Open curves')
                    : trans.__('Open values')
                }
                title={trans.__('Curves, values, images and tables of this run in a tab')}
                onClick={() => commands.execute(OPEN_COMPARE, { runs: [run_id] })}
              />
            ) : null}
            {commands.hasCommand(OPEN_RUNS) ? (
              <Button
                label={trans.__('Open runs')}
                title={trans.__('The table of all runs of this experiment')}
                onClick={() => commands.execute(OPEN_RUNS, { experiment: experiment_id, name: experiment })}
              />
            ) : null}
          </div>
        </div>
        {data.trouble ? (
          <div className="lw-RunOutput-trouble" role="status">
            {data.trouble}
          </div>
        ) : null}
        {data.metrics.length ? <Metrics run={data} /> : null}
        <Facts run={data} />
      </div>
    );
  }
  return { mimeType: 'application/vnd.labwright.run.v1+json', read: readRunOutput, View };
}

/** The state and how long it has lasted; the time goes on by itself between two words of the kernel's. */
function State({ run }: { run: Run }): ReactElement {
  const { trans } = useWorkbench();
  const [heard, setHeard] = useState({ run, at: Date.now() });
  const [now, setNow] = useState(Date.now());
  const going = run.status === 'RUNNING';
  useEffect(() => setHeard({ run, at: Date.now() }), [run]);
  useEffect(() => {
    if (!going) {
      return undefined;
    }
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, [going]);
  const silent = heard.run === run ? Math.max(0, (now - heard.at) / 1000) : 0;
  if (going && silent > SILENCE_SECONDS) {
    return (
      <Badge tone="quiet" text={trans.__('running when last heard of, after %1', seconds(run.seconds))} />
    );
  }
  const states: Record<string, [Tone, string]> = {
    RUNNING: ['busy', trans.__('running')],
    FINISHED: ['good', trans.__('finished')],
    FAILED: ['bad', trans.__('failed')],
    KILLED: ['bad', trans.__('killed')]
  };
  const [tone, word] = states[run.status] ?? ['quiet', run.status.toLowerCase()];
  const lasted = going ? seconds(Math.round(run.seconds + silent)) : seconds(run.seconds);
  return (
    <Badge tone={tone} text={going ? trans.__('%1, %2', word, lasted) : trans.__('%1 in %2', word, lasted)} />
  );
}

function Metrics({ run }: { run: Run }): ReactElement {
  const { trans } = useWorkbench();
  return (
    <div className="lw-RunOutput-metrics" role="list" aria-label={trans.__('Metrics')}>
      {run.metrics.map((metric, index) => (
        <MetricCard key={index} metric={metric} index={index} going={run.status === 'RUNNING'} />
      ))}
      {run.more_metrics ? (
        <div className="lw-quiet" role="listitem">
          {trans._n('and %1 more metric', 'and %1 more metrics', run.more_metrics)}
        </div>
      ) : null}
    </div>
  );
}

interface IMetricProps {
  metric: Metric;
  index: number;
  going: boolean;
}

function MetricCard({ metric, index, going }: IMetricProps): ReactElement {
  const { trans } = useWorkbench();
  const differs = !!metric.best && metric.best !== metric.last;
  const curve = metric.steps.length > 1;
  const words = differs
    ? metric.best_step !== null && curve
      ? trans.__('best %1 at step %2', figure(metric.best), metric.best_step)
      : trans.__('best %1', figure(metric.best))
    : metric.best && curve
      ? going
        ? trans.__('the best so far')
        : trans.__('the best of the run')
      : '';
  return (
    <div className="lw-RunOutput-metric" role="listitem">
      <div className="lw-quiet lw-ellipsis" title={metric.name}>
        {metric.name}
      </div>
      <div className="lw-RunOutput-value" title={metric.last}>
        {figure(metric.last)}
      </div>
      {curve ? <Spark steps={metric.steps} values={metric.values} index={index} label={metric.name} /> : null}
      {words ? (
        <div className="lw-quiet lw-ellipsis" title={words}>
          {words}
        </div>
      ) : null}
    </div>
  );
}

function figure(text: string): string {
  const value = Number(text);
  return text.trim() && Number.isFinite(value) ? number(value) : text;
}

function Facts({ run }: { run: Run }): ReactElement | null {
  const { trans } = useWorkbench();
  const more: Fact[] = run.more_params
    ? [{ name: trans._n('and %1 more', 'and %1 more', run.more_params), text: '' }]
    : [];
  const left: Fact[] = run.left_out.map(line => {
    const [name, ...why] = line.split(': ');
    return { name, text: why.join(': ') };
  });
  const groups: [string, Fact[]][] = [
    [trans.__('Parameters'), [...run.params, ...more]],
    [trans.__('Models'), run.models],
    [trans.__('Cost'), run.cost],
    [trans.__('Recorded'), run.recorded],
    [trans.__('Not recorded'), left]
  ];
  const shown = groups.filter(([, facts]) => facts.length);
  return shown.length ? (
    <div className="lw-RunOutput-facts">
      {shown.map(([title, facts]) => (
        <Group key={title} title={title}>
          {facts.map((fact, index) => (
            <span className="lw-RunOutput-fact" key={index} title={`${fact.name} ${fact.text}`}>
              <span className="lw-quiet">{fact.name}</span> {fact.text}
            </span>
          ))}
        </Group>
      ))}
    </div>
  ) : null;
}

function Group({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <>
      <div className="lw-quiet">{title}</div>
      <div className="lw-RunOutput-group">{children}</div>
    </>
  );
}
