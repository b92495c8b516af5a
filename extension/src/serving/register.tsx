import React from 'react';

import type { Schemas } from '../api/request';
import { ask, Field } from '../common/dialog';
import { say } from '../common/notice';
import type { IWorkbench } from '../common/tokens';
import type { ServingModel } from './model';
import { WhichModel } from './promote';
import { MODEL_NAME, registerCode } from './words';

/** Ask under which name a run's model shall be registered, and do it: a version, without an endpoint. */
export async function askRegistration(
  run: Schemas['Run'],
  model: ServingModel,
  { trans, copyAsCell }: IWorkbench
): Promise<void> {
  const [registered, suggestion] = await Promise.all([model.registered(), model.suggestion(run)]);
  await ask({
    trans,
    title: trans.__('Register a model'),
    accept: trans.__('Register'),
    value: { name: suggestion, model: run.models.length > 1 ? run.models[0].name : null },
    submit: async ({ name, model: which }) => say((await model.register(run.run_id, name, which)).message),
    copy: ({ name, model: which }) => copyAsCell(registerCode(run.run_id, name, which)),
    fields: ({ value, change }) => {
      const known = registered.find(one => one.name === value.name);
      const valid = new RegExp(`^(?:${MODEL_NAME})$`, 'u').test(value.name);
      return (
        <>
          <p className="lw-Form-lead">
            {trans.__('The model of %1 gets a version in the registry. No endpoint is changed.', run.name)}
          </p>
          <Field
            label={trans.__('Registered model')}
            hint={
              !valid
                ? trans.__('A name is of letters, digits, spaces, dots, dashes and underscores.')
                : known?.version
                  ? trans.__('It is there already; its newest version is %1.', known.version)
                  : trans.__('A new name; this becomes its version 1.')
            }
          >
            <input
              className="jp-mod-styled"
              type="text"
              list="lw-registered"
              value={value.name}
              required
              pattern={MODEL_NAME}
              maxLength={250}
              autoComplete="off"
              spellCheck={false}
              onChange={event => change({ name: event.target.value })}
            />
          </Field>
          <datalist id="lw-registered">
            {registered.map(one => (
              <option key={one.name} value={one.name} />
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
}
