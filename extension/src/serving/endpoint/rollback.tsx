import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { ask, Field } from '../../common/dialog';
import type { IWorkbench } from '../../common/tokens';
import type { Endpoint } from '../api';
import { partWords } from '../sharewords';
import type { EndpointModel } from './model';
import { rollBackCode } from './words';

/** Why the endpoint cannot be rolled back now; empty where it can. */
export function whyNoRollback(endpoint: Endpoint, trans: TranslationBundle): string {
  if (!endpoint.live) {
    return trans.__('it has no model yet');
  }
  if (!endpoint.previous) {
    return trans.__('no version was live before version %1', endpoint.live.version);
  }
  if (endpoint.operation?.state === 'running') {
    return trans.__('wait until what goes on has ended, or cancel it');
  }
  return endpoint.state === 'stopped' ? trans.__('the endpoint is stopped; start it first') : '';
}

/** Ask, naming both versions, and roll back. `run` is the name of the run that the version comes from. */
export async function askRollback(
  model: EndpointModel,
  endpoint: Endpoint,
  version: string,
  run: string | null,
  { trans, copyAsCell }: IWorkbench
): Promise<void> {
  const live = endpoint.live!;
  const name = (number: string, from: string | null | undefined): string =>
    from ? trans.__('version %1 (%2)', number, from) : trans.__('version %1', number);
  await ask({
    trans,
    title: trans.__('Roll %1 back to version %2?', endpoint.name, version),
    accept: trans.__('Roll back'),
    value: { reason: '' },
    submit: ({ reason }) => model.rollBack(endpoint, version, reason),
    copy: ({ reason }) =>
      copyAsCell(rollBackCode(endpoint.name, version, endpoint.previous ?? null, reason.trim())),
    fields: ({ value, change }) => (
      <>
        <p className="lw-Form-lead">
          {trans.__(
            'Now live: %1. Callers get %2 instead, within seconds and without a failed request.',
            name(live.version, live.run_name),
            name(version, run)
          )}{' '}
          {partWords(endpoint, one => one.version === version, trans)}
        </p>
        <Field label={trans.__('Reason')} hint={trans.__('Optional; it stands in the history.')}>
          <input
            className="jp-mod-styled"
            type="text"
            value={value.reason}
            maxLength={2000}
            autoComplete="off"
            onChange={event => change({ reason: event.target.value })}
          />
        </Field>
      </>
    )
  });
}
