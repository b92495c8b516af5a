import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Schemas } from '../../api/request';
import { watchAttention } from '../../common/attention';
import { ask } from '../../common/dialog';
import type { IWorkbench } from '../../common/tokens';
import type { Endpoint } from '../api';
import type { ServingModel } from '../model';
import { partWords } from '../sharewords';
import { NAME } from '../words';
import { promote } from './api';
import { promoteCode } from './code';
import { NameField } from './namefield';
import { AT_ONCE, RolloutFields, type IRollout } from './rollout';
import { firstOf, WhichModel } from './whichmodel';

/** A promotion that was begun. */
export interface IPromoted {
  name: string;
  /** The person has turned to something else since; nothing may come to the front by itself. */
  elsewhere: boolean;
}

/** Ask where a run's model shall go, and start the promotion; null when it was given up. `to` is a name to begin with. */
export async function askPromotion(
  run: Schemas['Run'],
  model: ServingModel,
  { api, trans, copyAsCell }: IWorkbench,
  to?: string
): Promise<IPromoted | null> {
  const [endpoints, suggestion] = await Promise.all([model.list(), to ?? model.suggestion(run)]);
  const over = (name: string): Endpoint | undefined => endpoints.find(endpoint => endpoint.name === name);
  let promoted: string | null = null;
  let elsewhere = false;
  await ask({
    trans,
    title: trans.__('Promote a model'),
    accept: trans.__('Promote'),
    value: { name: suggestion, model: firstOf(run), ...AT_ONCE },
    submit: async ({ name, model: which, ...rollout }) => {
      const turned = watchAttention();
      try {
        const { id } = await promote(api, name, bodyOf(run, which, over(name), rollout));
        model.begun.set(id);
      } finally {
        elsewhere = turned();
      }
      promoted = name;
    },
    copy: ({ name, model: which, ...rollout }) =>
      copyAsCell(promoteCode(run.run_id, name, which, over(name)?.live ? rollout : AT_ONCE)),
    fields: ({ value, change }) => {
      const there = over(value.name);
      const live = there?.live;
      const part = there ? partWords(there, one => one.run_id === run.run_id, trans) : '';
      return (
        <>
          <p className="lw-Form-lead">
            {trans.__(
              'The model of %1 becomes what this endpoint answers with, after its checks. Where one warns or fails, you are asked before anything changes.',
              run.name
            )}
          </p>
          <NameField
            label={trans.__('Endpoint')}
            hint={[fateOf(value.name, live, run, trans), part].filter(Boolean).join(' ')}
            value={value.name}
            change={name => change({ name })}
            known={endpoints.map(({ name }) => name)}
            pattern={NAME}
            maxLength={40}
          />
          <WhichModel
            run={run}
            model={value.model}
            change={which => change({ model: which })}
            label={trans.__('Model')}
          />
          {live ? (
            <RolloutFields
              value={value}
              change={change}
              live={live.version}
              split={part !== ''}
              trans={trans}
            />
          ) : null}
        </>
      );
    }
  });
  return promoted === null ? null : { name: promoted, elsewhere };
}

/** What is asked for. `over` is the endpoint that the person saw, if there was one: nobody is overrun unseen. */
function bodyOf(
  run: Schemas['Run'],
  model: string | null,
  over: Endpoint | undefined,
  { rollout, percent }: IRollout
): Schemas['Promote'] {
  return {
    run_id: run.run_id,
    ask: 'warnings',
    ...(model ? { model } : {}),
    ...(over ? { expected_revision: over.revision } : {}),
    ...(over?.live && rollout === 'canary' ? { canary: { percent: Number(percent) } } : {}),
    ...(over?.live && rollout === 'shadow' ? { shadow: true } : {})
  };
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
