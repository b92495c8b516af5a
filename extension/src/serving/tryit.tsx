import React, { useState, type FormEvent, type ReactElement } from 'react';

import { CopyAsCell } from '../common/button';
import { number } from '../common/format';
import { attempt } from '../common/notice';
import { Part } from '../common/page';
import { useWorkbench } from '../common/widget';
import type { Column, Endpoint, Prediction } from './api';
import { fieldFor, problemOf, textOf, valueOf, type Values } from './fields';
import type { EndpointModel } from './model';
import { predictCode } from './words';

/** A form from the model's signature, filled with its input example. */
export function TryIt({ model, endpoint }: { model: EndpointModel; endpoint: Endpoint }): ReactElement {
  const { trans } = useWorkbench();
  const columns = endpoint.signature?.inputs ?? [];
  return (
    <Part title={trans.__('Try it')}>
      {columns.length ? (
        // Another version may take other columns: its form begins anew.
        <Form key={endpoint.live?.version} model={model} endpoint={endpoint} columns={columns} />
      ) : (
        <p className="lw-quiet">
          {trans.__(
            'This model was logged without a signature, so there is no form for it; call it by code.'
          )}
        </p>
      )}
    </Part>
  );
}

function Form({
  model,
  endpoint,
  columns
}: {
  model: EndpointModel;
  endpoint: Endpoint;
  columns: Column[];
}): ReactElement {
  const { trans } = useWorkbench();
  const [values, setValues] = useState<Values>(() =>
    Object.fromEntries(
      columns.map(column => [column.name, textOf(column, endpoint.input_example?.[column.name])])
    )
  );
  const [answer, setAnswer] = useState<{ prediction: Prediction; asked: Values } | null>(null);
  const [busy, setBusy] = useState(false);
  const row = columns.map(column => valueOf(column, values[column.name]));
  const names = columns.map(column => column.name);
  const outputs = endpoint.signature?.outputs ?? [];
  const ready = endpoint.state === 'ready';

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setAnswer(null);
    await attempt(async () => setAnswer({ prediction: await model.predict(names, row), asked: values }));
    setBusy(false);
  };

  return (
    <form className="lw-TryIt" onSubmit={event => void submit(event)}>
      <div className="lw-TryIt-fields">
        {columns.map(column => {
          const { type, ...field } = fieldFor(column);
          const shared = {
            'aria-label': column.name,
            value: values[column.name],
            required: column.required && type !== 'text'
          };
          const change = (text: string): void => setValues({ ...values, [column.name]: text });
          return (
            <label key={column.name} title={`${column.name}: ${column.type}`}>
              <span className="lw-ellipsis">
                {column.name}
                <span className="lw-quiet"> {column.type}</span>
              </span>
              {type === 'choice' ? (
                <select className="jp-mod-styled" {...shared} onChange={event => change(event.target.value)}>
                  {column.required ? null : <option value="" />}
                  <option value="true">true</option>
                  <option value="false">false</option>
                </select>
              ) : type === 'json' ? (
                <textarea
                  className="jp-mod-styled"
                  rows={3}
                  {...shared}
                  onChange={event => change(event.target.value)}
                />
              ) : (
                <input
                  className="jp-mod-styled"
                  type={type}
                  ref={input => input?.setCustomValidity(problemOf(column, values[column.name], trans))}
                  {...field}
                  {...shared}
                  onChange={event => change(event.target.value)}
                />
              )}
            </label>
          );
        })}
      </div>
      <div className="lw-TryIt-actions">
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept lw-Button"
          disabled={busy || !ready}
          title={ready ? undefined : trans.__('The endpoint is not ready')}
        >
          {busy ? trans.__('Asking…') : trans.__('Predict')}
        </button>
        <CopyAsCell code={predictCode(endpoint.name, names, row)} what={trans.__('predict')} />
        <output className="lw-TryIt-answer" aria-live="polite">
          {answer ? (
            <Answer
              prediction={answer.prediction}
              name={outputs.length === 1 ? outputs[0].name : trans.__('prediction')}
              old={answer.asked !== values}
            />
          ) : null}
        </output>
      </div>
    </form>
  );
}

/** The answer by the name of the model's output; `old` when the form says something else by now. */
function Answer({
  prediction: { predictions, version },
  name,
  old
}: {
  prediction: Prediction;
  name: string;
  old: boolean;
}): ReactElement {
  const { trans } = useWorkbench();
  const [value] = predictions;
  const named: [string, unknown][] =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value)
      : [[name, value]];
  return (
    <span className={old ? 'lw-TryIt-values lw-mod-old' : 'lw-TryIt-values'}>
      {named.map(([output, one]) => (
        <span key={output}>
          {output}: <strong>{show(one)}</strong>
        </span>
      ))}
      <span className="lw-quiet">
        {old ? trans.__('by version %1, for the values before', version) : trans.__('by version %1', version)}
      </span>
    </span>
  );
}

function show(value: unknown): string {
  if (typeof value === 'number') {
    return number(value);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
