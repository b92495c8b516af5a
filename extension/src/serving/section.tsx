import React, { type ReactElement } from 'react';

import { Badge } from '../common/badge';
import { useResource } from '../common/resource';
import { Empty, Loaded } from '../common/shell';
import { useWorkbench } from '../common/widget';
import { figure } from './endpoint/words';
import type { ServingModel } from './model';
import { stateOf, versionOf } from './words';

interface IProps {
  model: ServingModel;
  open: (name: string) => void;
}

/** The side bar's section: endpoints and how they stand. */
export function ServingSection({ model, open }: IProps): ReactElement {
  const { trans } = useWorkbench();
  const state = useResource(model.rates);
  const rates = state.status === 'ready' ? state.data : {};
  return (
    <Loaded resource={model.endpoints}>
      {endpoints =>
        endpoints.length ? (
          <ul className="lw-List">
            {endpoints.map(endpoint => {
              const { tone, text } = stateOf(endpoint, trans);
              const going = endpoint.operation?.state === 'running';
              return (
                <li className="lw-Item" key={endpoint.name}>
                  <button
                    type="button"
                    className="lw-Item-title"
                    onClick={() => open(endpoint.name)}
                    title={endpoint.message || trans.__('Open the endpoint %1', endpoint.name)}
                  >
                    <span className="lw-ellipsis">{endpoint.name}</span>
                    <Badge tone={going ? 'busy' : tone} text={going ? trans.__('promoting') : text} />
                  </button>
                  <div className="lw-Item-note lw-mod-two lw-quiet">
                    <span
                      className="lw-ellipsis"
                      title={going ? endpoint.operation?.step : versionOf(endpoint, trans)}
                    >
                      {going ? endpoint.operation?.step : versionOf(endpoint, trans)}
                    </span>
                    <Rate rate={endpoint.state === 'ready' ? rates[endpoint.name] : undefined} />
                  </div>
                </li>
              );
            })}
          </ul>
        ) : (
          <Empty>
            <p>
              {trans.__(
                'No endpoints yet. Promote a run that has a model: open an experiment’s runs, or in a cell:'
              )}
            </p>
            <code>%promote best --to flights-delay</code>
          </Empty>
        )
      }
    </Loaded>
  );
}

function Rate({ rate }: { rate: number | undefined }): ReactElement | null {
  const { trans } = useWorkbench();
  return rate === undefined ? null : (
    <span title={trans.__('Requests per second, over the last half minute')}>
      {rate ? trans.__('%1/s', figure(rate)) : trans.__('idle')}
    </span>
  );
}
