import React from 'react';

import type { Schemas } from '../api/request';
import { ask } from '../common/dialog';
import { say } from '../common/notice';
import type { IWorkbench } from '../common/tokens';
import type { ServingModel } from './model';
import { NameField } from './promote/namefield';
import { firstOf, WhichModel } from './promote/whichmodel';
import { MODEL_NAME, NAME, registerCode } from './words';

/**
 * Ask under which name a run's model shall be registered, and do it: a version, without an endpoint. Where the name may
 * be an endpoint's, the notice offers `promote`.
 */
export async function askRegistration(
  run: Schemas['Run'],
  model: ServingModel,
  { trans, copyAsCell }: IWorkbench,
  promote: (name: string) => void
): Promise<void> {
  const [registered, suggestion] = await Promise.all([model.registered(), model.suggestion(run)]);
  await ask({
    trans,
    title: trans.__('Register a model'),
    accept: trans.__('Register'),
    value: { name: suggestion, model: firstOf(run) },
    submit: async ({ name, model: which }) => {
      const { message } = await model.register(run.run_id, name, which);
      say(
        message,
        new RegExp(`^(?:${NAME})$`).test(name) ? [trans.__('Promote it…'), () => promote(name)] : undefined
      );
    },
    copy: ({ name, model: which }) => copyAsCell(registerCode(run.run_id, name, which)),
    fields: ({ value, change }) => {
      const known = registered.find(one => one.name === value.name);
      const valid = new RegExp(`^(?:${MODEL_NAME})$`, 'u').test(value.name);
      return (
        <>
          <p className="lw-Form-lead">
            {trans.__('The model of %1 gets a version in the registry. No endpoint is changed.', run.name)}
          </p>
          <NameField
            label={trans.__('Registered model')}
            hint={
              !valid
                ? trans.__('A name is of letters, digits, spaces, dots, dashes and underscores.')
                : known?.version
                  ? trans.__('It is there already; its newest version is %1.', known.version)
                  : trans.__('A new name; this becomes its version 1.')
            }
            value={value.name}
            change={name => change({ name })}
            known={registered.map(({ name }) => name)}
            pattern={MODEL_NAME}
            maxLength={250}
          />
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
