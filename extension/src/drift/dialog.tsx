import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { ask, Field } from '../common/dialog';
import { attempt } from '../common/notice';
import type { DriftModel } from './model';
import { windowOf } from './words';

const WINDOWS = ['', '1h', '1d', '7d', '4w'];

/** Ask for a new report, and make it. `chosen` is the endpoint that the person came from. */
export async function askForReport(
  model: DriftModel,
  trans: TranslationBundle,
  chosen?: string
): Promise<void> {
  let endpoints: string[] = [];
  if (!(await attempt(async () => (endpoints = await model.endpoints())))) {
    return;
  }
  if (!endpoints.length) {
    Notification.info(
      trans.__('No endpoint yet, so nothing to watch. Promote a run first: %promote best --to NAME'),
      { autoClose: 8000 }
    );
    return;
  }
  if (chosen && !endpoints.includes(chosen)) {
    Notification.info(trans.__('The endpoint %1 is not there any more.', chosen), { autoClose: 8000 });
    return;
  }
  await ask({
    trans,
    title: trans.__('New drift report'),
    accept: trans.__('Make it'),
    value: { endpoint: chosen || endpoints[0], window: '' },
    submit: ({ endpoint, window }) => model.make({ endpoint, window: window || null }),
    fields: ({ value, change }) => (
      <>
        <p className="lw-Form-lead">
          {trans.__('What the endpoint was asked is compared with the sample that its model was trained on.')}
        </p>
        <Field label={trans.__('Endpoint')}>
          <select
            className="jp-mod-styled"
            value={value.endpoint}
            onChange={event => change({ endpoint: event.target.value })}
          >
            {endpoints.map(name => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </Field>
        <Field label={trans.__('Requests of')}>
          <select
            className="jp-mod-styled"
            value={value.window}
            onChange={event => change({ window: event.target.value })}
          >
            {WINDOWS.map(window => (
              <option key={window} value={window}>
                {windowOf(window || null, trans)}
              </option>
            ))}
          </select>
        </Field>
      </>
    )
  });
}
