import React, { useMemo, type ReactElement } from 'react';

import { CopyAsCell } from '../../common/button';
import { Empty, Heading, Loaded } from '../../common/shell';
import { useWorkbench } from '../../common/widget';
import type { IExperiments } from '../../experiments/tokens';
import type { Endpoint } from '../api';
import type { ServingModel } from '../model';
import { CallIt } from './callit';
import { LiveFigures } from './charts';
import { Fold, FoldsContext } from './fold';
import { Head } from './head';
import { History } from './history';
import { LineagePart } from './lineage';
import { Requests } from './log';
import type { EndpointModel } from './model';
import { PartsNav } from './partsnav';
import { Progress } from './progress';
import { Experiments } from './runlink';
import { Settings } from './settings';
import { SplitButton } from './split';
import { Tokens } from './tokens';
import { Versions } from './traffic';
import { TryIt } from './tryit';
import { showCode } from './words';

interface IProps {
  serving: ServingModel;
  model: EndpointModel;
  experiments: IExperiments;
}

/** The tab of an endpoint. */
export function EndpointPanel({ serving, model, experiments }: IProps): ReactElement {
  const { trans } = useWorkbench();
  return (
    <FoldsContext.Provider value={serving.folds}>
      <Experiments.Provider value={experiments}>
        <Loaded resource={model.standing}>
          {({ endpoint, operation }) => (
            <div className="lw-Page lw-Endpoint">
              {endpoint ? (
                <Head serving={serving} model={model} endpoint={endpoint} />
              ) : (
                <Heading title={model.name} />
              )}
              {operation ? <Progress model={model} operation={operation} /> : null}
              {endpoint?.live ? (
                <Parts model={model} endpoint={endpoint} />
              ) : endpoint || (operation && operation.state !== 'succeeded') ? null : (
                <Empty>
                  <p>
                    {trans.__(
                      'There is no endpoint of this name. Promote a run to make it, or close this tab.'
                    )}
                  </p>
                </Empty>
              )}
            </div>
          )}
        </Loaded>
      </Experiments.Provider>
    </FoldsContext.Provider>
  );
}

/** What is asked most comes first: how it does, then to try it, then who asked; what is set once comes last. */
function Parts({ model, endpoint }: { model: EndpointModel; endpoint: Endpoint }): ReactElement {
  const { trans } = useWorkbench();
  const parts = useMemo<[string, string][]>(
    () => [
      ['traffic', trans.__('Traffic')],
      ['try', trans.__('Try it')],
      ['call', trans.__('Call it')],
      ['requests', trans.__('Requests')],
      ['history', trans.__('History')],
      ['lineage', trans.__('Lineage')],
      ['tokens', trans.__('Tokens')],
      ['settings', trans.__('Settings')]
    ],
    [trans]
  );
  const copy = (verb: Parameters<typeof showCode>[1]): ReactElement => (
    <CopyAsCell code={showCode(endpoint.name, verb)} what={verb} />
  );
  return (
    <>
      <PartsNav label={trans.__('Parts of this page')} parts={parts} />
      <Fold
        id="traffic"
        title={trans.__('Traffic')}
        actions={<SplitButton model={model} endpoint={endpoint} />}
      >
        <LiveFigures model={model} endpoint={endpoint} />
        <Versions model={model} endpoint={endpoint} />
      </Fold>
      <div className="lw-Columns">
        <Fold id="try" title={trans.__('Try it')}>
          <TryIt model={model} endpoint={endpoint} />
        </Fold>
        <Fold id="call" title={trans.__('Call it')}>
          <CallIt model={model} endpoint={endpoint} />
        </Fold>
      </div>
      <Fold id="requests" title={trans.__('Requests')} actions={copy('log')}>
        <Requests model={model} />
      </Fold>
      <Fold id="history" title={trans.__('History')} actions={copy('history')}>
        <History model={model} endpoint={endpoint} />
      </Fold>
      <Fold id="lineage" title={trans.__('Lineage')} open={false} actions={copy('lineage')}>
        <LineagePart model={model} endpoint={endpoint} />
      </Fold>
      <Fold id="tokens" title={trans.__('Tokens')} open={false} actions={copy('tokens')}>
        <Tokens model={model} />
      </Fold>
      <Fold id="settings" title={trans.__('Settings')} open={false}>
        <Settings model={model} endpoint={endpoint} />
      </Fold>
    </>
  );
}
