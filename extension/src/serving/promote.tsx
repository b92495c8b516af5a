import { Dialog, showDialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { type ReactElement } from 'react';

import type { Schemas } from '../api/request';
import { cellButton } from '../common/dialog';
import { useStore, Store } from '../common/store';
import type { Endpoint } from './api';
import { NAME, nameFor } from './words';

/** What the person chose. */
export interface IPromotionChoice {
  name: string;
  model: string | null;
  /** The cell that does it was asked for, instead of doing it. */
  asCell: boolean;
  over: Endpoint | undefined;
}

/** Ask where a run's model shall go. Gives null when the person thought better of it. */
export async function askPromotion(
  run: Schemas['Run'],
  endpoints: Endpoint[],
  trans: TranslationBundle
): Promise<IPromotionChoice | null> {
  const body = new PromotionForm(run, endpoints, trans);
  const answer = await showDialog({
    title: trans.__('Promote a model'),
    body,
    focusNodeSelector: 'input',
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      cellButton(trans),
      Dialog.okButton({ label: trans.__('Promote') })
    ]
  });
  if (!answer.button.accept) {
    return null;
  }
  const { name, model } = body.choice.get();
  return {
    name,
    model,
    asCell: answer.button.actions.includes('cell'),
    over: endpoints.find(endpoint => endpoint.name === name)
  };
}

class PromotionForm extends ReactWidget {
  constructor(
    private readonly run: Schemas['Run'],
    private readonly endpoints: Endpoint[],
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('lw-Form');
    // The endpoint that serves this experiment's runs already is the likely one.
    this.choice = new Store({
      name: nameFor(run.experiment),
      model: run.models.length > 1 ? run.models[0].name : null
    });
  }

  readonly choice: Store<{ name: string; model: string | null }>;

  protected render(): ReactElement {
    return <Fields run={this.run} endpoints={this.endpoints} trans={this.trans} choice={this.choice} />;
  }
}

interface IFieldsProps {
  run: Schemas['Run'];
  endpoints: Endpoint[];
  trans: TranslationBundle;
  choice: PromotionForm['choice'];
}

function Fields({ run, endpoints, trans, choice }: IFieldsProps): ReactElement {
  const { name, model } = useStore(choice);
  const over = endpoints.find(endpoint => endpoint.name === name);
  const valid = new RegExp(`^(?:${NAME})$`).test(name);
  return (
    <>
      <p className="lw-Form-lead">
        {trans.__('The model of %1 becomes what this endpoint answers with.', run.name)}
      </p>
      <label>
        {trans.__('Endpoint')}
        <input
          className="jp-mod-styled"
          type="text"
          list="lw-endpoints"
          value={name}
          required
          pattern={NAME}
          maxLength={40}
          autoComplete="off"
          spellCheck={false}
          aria-describedby="lw-promote-note"
          onChange={event => choice.set({ name: event.target.value, model })}
        />
      </label>
      <datalist id="lw-endpoints">
        {endpoints.map(endpoint => (
          <option key={endpoint.name} value={endpoint.name} />
        ))}
      </datalist>
      <p id="lw-promote-note" className={valid ? 'lw-quiet' : 'lw-Form-error'} aria-live="polite">
        {!valid
          ? trans.__('A name is of a–z, 0–9 and dashes inside, at most 40 characters.')
          : over?.live
            ? trans.__(
                'This endpoint is there: version %1 (%2) is replaced once the new one answers.',
                over.live.version,
                over.live.run_name ?? over.live.model
              )
            : trans.__('A new endpoint, on this machine, for callers with its token.')}
      </p>
      {run.models.length > 1 ? (
        <label>
          {trans.__('Model')}
          <select
            className="jp-mod-styled"
            value={model ?? ''}
            onChange={event => choice.set({ name, model: event.target.value })}
          >
            {run.models.map(one => (
              <option key={one.uri} value={one.name}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
      ) : null}
    </>
  );
}
