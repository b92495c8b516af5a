import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Schemas } from '../api/request';
import { watchAttention } from '../common/attention';
import { ask, Field } from '../common/dialog';
import type { IWorkbench } from '../common/tokens';
import type { ServingModel } from './model';
import { NAME, promoteCode } from './words';

/** A promotion that was begun. */
export interface IPromoted {
  name: string;
  /** The person has turned to something else since; nothing may come to the front by itself. */
  elsewhere: boolean;
}

/** Ask where a run's model shall go, and start the promotion; null when it was given up. */
export async function askPromotion(
  run: Schemas['Run'],
  model: ServingModel,
  { trans, copyAsCell }: IWorkbench
): Promise<IPromoted | null> {
  const [endpoints, suggestion] = await Promise.all([model.list(), model.suggestion(run)]);
  let promoted: string | null = null;
  let elsewhere = false;
  await ask({
    trans,
    title: trans.__('Promote a model'),
    accept: trans.__('Promote'),
    value: { name: suggestion, model: run.models.length > 1 ? run.models[0].name : null },
    submit: async ({ name, model: which }) => {
      const turned = watchAttention();
      try {
        await model.promote(
          name,
          run.run_id,
          which,
          endpoints.find(endpoint => endpoint.name === name)
        );
      } finally {
        elsewhere = turned();
      }
      promoted = name;
    },
    copy: ({ name, model: which }) => copyAsCell(promoteCode(run.run_id, name, which)),
    fields: ({ value, change }) => {
      const live = endpoints.find(endpoint => endpoint.name === value.name)?.live;
      return (
        <>
          <p className="lw-Form-lead">
            {trans.__('The model of %1 becomes what this endpoint answers with.', run.name)}
          </p>
          <Field label={trans.__('Endpoint')} hint={fateOf(value.name, live, run, trans)}>
            <input
              className="jp-mod-styled"
              type="text"
              list="lw-endpoints"
              value={value.name}
              required
              pattern={NAME}
              maxLength={40}
              autoComplete="off"
              spellCheck={false}
              onChange={event => change({ name: event.target.value })}
            />
          </Field>
          <datalist id="lw-endpoints">
            {endpoints.map(endpoint => (
              <option key={endpoint.name} value={endpoint.name} />
            ))}
          </datalist>
          <WhichModel
            run={run}
            model={value.model}
            change={which => change({ model: which })}
            label={trans.__('Model')}
          />
        </>
      );
    }
  });
  return promoted === null ? null : { name: promoted, elsewhere };
}

/** What a promotion to this name would do. */
function fateOf(
  name: string,
  live: Schemas['Version'] | null | undefined,
  run: Schemas['Run'],
  trans: TranslationBundle
): string {
  if (!new RegExp(`^(?:${NAME})$`).test(name)) {
    return trans.__('A name is of a–z, 0–9 and dashes inside, at most 40 characters.');
  }
  if (!live) {
    return trans.__('A new endpoint, on this machine, for callers with its token.');
  }
  if (live.run_id === run.run_id && run.models.length === 1) {
    return trans.__('This run is live there already; promoting it again changes nothing.');
  }
  return trans.__(
    'This endpoint is there: version %1 (%2) is replaced once the new one answers.',
    live.version,
    live.run_name ?? live.model
  );
}

interface IWhichProps {
  run: Schemas['Run'];
  model: string | null;
  label: string;
  change: (model: string) => void;
}

/** Which of a run's models, where it has several. */
export function WhichModel({ run, model, label, change }: IWhichProps): JSX.Element | null {
  return run.models.length > 1 ? (
    <Field label={label}>
      <select className="jp-mod-styled" value={model ?? ''} onChange={event => change(event.target.value)}>
        {run.models.map(one => (
          <option key={one.uri} value={one.name}>
            {one.name}
          </option>
        ))}
      </select>
    </Field>
  ) : null;
}
