import React, { useState, type ReactElement } from 'react';

import { Badge } from '../common/badge';
import { Button, CopyAsCell } from '../common/button';
import { confirm } from '../common/dialog';
import { ago, moment, number } from '../common/format';
import { OperationBar } from '../common/operation';
import { Code, CopyText, Facts, Part } from '../common/page';
import { Empty, Heading, Loaded } from '../common/shell';
import { useStore } from '../common/store';
import { Table } from '../common/table';
import { useWorkbench } from '../common/widget';
import type { Endpoint } from './api';
import type { EndpointModel, ServingModel } from './model';
import { confirmStop } from './stop';
import { TryIt } from './tryit';
import { deleteCode, setRunningCode, stateOf, versionOf } from './words';

interface IProps {
  serving: ServingModel;
  model: EndpointModel;
}

/** The tab of an endpoint. */
export function EndpointPanel({ serving, model }: IProps): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Loaded resource={model.standing}>
      {({ endpoint, operation }) => (
        <div className="lw-Page">
          {endpoint ? (
            <Head serving={serving} model={model} endpoint={endpoint} />
          ) : (
            <Heading title={model.name} />
          )}
          {operation ? (
            <OperationBar operation={operation} onChange={() => model.standing.refresh()} />
          ) : null}
          {endpoint?.live ? (
            <Body model={model} endpoint={endpoint} />
          ) : endpoint || (operation && operation.state !== 'succeeded') ? null : (
            <Empty>
              <p>
                {trans.__('There is no endpoint of this name. Promote a run to make it, or close this tab.')}
              </p>
            </Empty>
          )}
        </div>
      )}
    </Loaded>
  );
}

function Head({ serving, model, endpoint }: IProps & { endpoint: Endpoint }): ReactElement {
  const { trans, copyAsCell } = useWorkbench();
  const actions = useStore(serving.actions);
  const running = endpoint.state !== 'stopped';
  const setRunning = async (): Promise<void> => {
    if (running) {
      const copy = (): Promise<void> => copyAsCell(setRunningCode(endpoint.name, false));
      if (!(await confirmStop(endpoint, trans, copy))) {
        return;
      }
    }
    await model.setRunning(endpoint, !running);
  };
  const remove = async (): Promise<void> => {
    const sure = await confirm(
      trans,
      trans.__('Delete the endpoint %1?', endpoint.name),
      trans.__(
        'Its processes end; its token and its prediction log are deleted. The model versions stay in the registry.'
      ),
      trans.__('Delete'),
      () => copyAsCell(deleteCode(endpoint.name))
    );
    if (sure) {
      await model.delete(endpoint);
    }
  };
  return (
    <Heading
      title={endpoint.name}
      note={
        <span className="lw-Endpoint-note">
          <Badge {...stateOf(endpoint, trans)} />
          <span>{endpoint.message || versionOf(endpoint, trans)}</span>
        </span>
      }
    >
      {actions.map(action => {
        const reason = action.unavailable(endpoint);
        return (
          <Button
            key={action.label}
            label={action.label}
            icon={action.icon}
            disabled={reason !== ''}
            title={reason || undefined}
            onClick={() => action.execute(endpoint)}
          />
        );
      })}
      <Button
        label={running ? trans.__('Stop…') : trans.__('Start')}
        disabled={!endpoint.live}
        onClick={setRunning}
      />
      <CopyAsCell
        code={setRunningCode(endpoint.name, !running)}
        what={running ? trans.__('stop') : trans.__('start')}
      />
      <Button label={trans.__('Delete…')} onClick={remove} />
    </Heading>
  );
}

function Body({ model, endpoint }: { model: EndpointModel; endpoint: Endpoint }): ReactElement {
  const { trans } = useWorkbench();
  const live = endpoint.live!;
  return (
    <>
      <div className="lw-Columns">
        <TryIt model={model} endpoint={endpoint} />
        <Part title={trans.__('About')}>
          <Facts
            facts={[
              [
                trans.__('Address'),
                endpoint.url && (
                  <span className="lw-withAction">
                    <code className="lw-ellipsis" title={endpoint.url}>
                      {endpoint.url}
                    </code>
                    <CopyText text={endpoint.url} what={trans.__('the address')} />
                  </span>
                )
              ],
              [trans.__('Live version'), `${live.version} (${live.model})`],
              [trans.__('Run'), live.run_name ?? live.run_id],
              [trans.__('Isolation'), endpoint.isolation],
              [trans.__('Answered'), trans._n('%1 row', '%1 rows', endpoint.predictions)],
              [
                trans.__('Training sample'),
                endpoint.has_reference ? trans.__('logged, so drift can be read') : trans.__('not logged')
              ],
              [trans.__('Digest'), <code title={live.digest}>{live.digest.slice(0, 16)}…</code>]
            ]}
          />
          <CallIt model={model} />
        </Part>
      </div>
      <History model={model} />
      <Requests model={model} />
    </>
  );
}

function CallIt({ model }: { model: EndpointModel }): ReactElement {
  const { trans } = useWorkbench();
  const [way, setWay] = useState<'magic' | 'python' | 'curl'>('magic');
  return (
    <Loaded resource={model.example}>
      {example => (
        <div className="lw-CallIt">
          <div role="radiogroup" aria-label={trans.__('Code to call it')} className="lw-Choice">
            <span className="lw-quiet">{trans.__('Call it:')}</span>
            {(['magic', 'python', 'curl'] as const).map(one => (
              <button
                key={one}
                type="button"
                role="radio"
                aria-checked={way === one}
                onClick={() => setWay(one)}
              >
                {{ magic: trans.__('Magic'), python: 'Python', curl: 'curl' }[one]}
              </button>
            ))}
          </div>
          <Code text={example[way]} what={trans.__('the code')} />
        </div>
      )}
    </Loaded>
  );
}

function History({ model }: { model: EndpointModel }): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Part title={trans.__('History')}>
      <Loaded resource={model.history}>
        {history => (
          <Table
            label={trans.__('Promotions of %1', model.name)}
            rows={history}
            keyOf={promotion => String(promotion.sequence)}
            columns={[
              { id: 'version', label: trans.__('Version'), cell: ({ version }) => version.version },
              {
                id: 'run',
                label: trans.__('Run'),
                cell: ({ version }) => (
                  <span className="lw-Table-name">{version.run_name ?? version.run_id ?? '–'}</span>
                )
              },
              {
                id: 'at',
                label: trans.__('Promoted'),
                cell: ({ at }) => <span title={moment(at)}>{ago(at, trans)}</span>
              },
              { id: 'by', label: trans.__('By'), cell: ({ by }) => by },
              { id: 'previous', label: trans.__('Replaced'), cell: ({ previous }) => previous ?? '–' }
            ]}
          />
        )}
      </Loaded>
    </Part>
  );
}

function Requests({ model }: { model: EndpointModel }): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Part title={trans.__('Recent requests')}>
      <Loaded resource={model.log}>
        {log =>
          log.length ? (
            <Table
              label={trans.__('Recent requests of %1', model.name)}
              rows={log}
              keyOf={request => request.request_id}
              columns={[
                { id: 'at', label: trans.__('At'), cell: ({ at }) => moment(at) },
                { id: 'status', label: trans.__('Status'), numeric: true, cell: ({ status }) => status },
                { id: 'rows', label: trans.__('Rows'), numeric: true, cell: ({ rows }) => rows },
                {
                  id: 'latency',
                  label: trans.__('Milliseconds'),
                  numeric: true,
                  cell: ({ latency_ms }) => number(Number(latency_ms.toFixed(1)))
                },
                { id: 'version', label: trans.__('Version'), cell: ({ version }) => version }
              ]}
            />
          ) : (
            <p className="lw-quiet">{trans.__('Nobody has asked yet. Try it in the form above.')}</p>
          )
        }
      </Loaded>
    </Part>
  );
}
