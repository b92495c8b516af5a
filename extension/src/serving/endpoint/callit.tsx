import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import React, { useState, type ReactElement } from 'react';

import { Code, CopyText, Facts } from '../../common/page';
import { Loaded } from '../../common/shell';
import { useWorkbench } from '../../common/widget';
import type { Endpoint } from '../api';
import { docsOf, type Example } from './api';
import type { EndpointModel } from './model';

const WAYS: [keyof Example, string][] = [
  ['magic', 'Magic'],
  ['python', 'Python'],
  ['curl', 'curl'],
  ['mlflow', 'MLflow'],
  ['v2', 'Open Inference v2']
];

/** The address, and code that calls it with the input example. */
export function CallIt({ model, endpoint }: { model: EndpointModel; endpoint: Endpoint }): ReactElement {
  const { trans } = useWorkbench();
  const [way, setWay] = useState<keyof Example>('magic');
  return (
    <>
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
          [
            trans.__('Described'),
            endpoint.state === 'ready' ? (
              <a
                className="lw-link"
                href={URLExt.join(PageConfig.getBaseUrl(), 'labwright', docsOf(endpoint.name))}
                target="_blank"
                rel="noopener noreferrer"
              >
                {trans.__('what it takes and gives (OpenAPI)')}
              </a>
            ) : null
          ]
        ]}
      />
      <div role="radiogroup" aria-label={trans.__('Code to call it')} className="lw-Choice">
        {WAYS.map(([one, label]) => (
          <button key={one} type="button" role="radio" aria-checked={way === one} onClick={() => setWay(one)}>
            {label}
          </button>
        ))}
      </div>
      <Loaded resource={model.example}>
        {example => <Code text={example[way]} what={trans.__('the code')} />}
      </Loaded>
      <p className="lw-quiet">
        {way === 'curl' || way === 'v2' || way === 'mlflow'
          ? trans.__('The token is fetched by labwright token as it runs; the code does not hold it.')
          : trans.__('In any notebook with Labwright; the token is fetched as it runs.')}
      </p>
    </>
  );
}
