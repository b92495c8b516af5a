import React, { useState, type FormEvent, type ReactElement, type ReactNode } from 'react';

import type { RequestError, Schemas } from '../../api/request';
import { CopyAsCell } from '../../common/button';
import { asRequestError } from '../../common/resource';
import { useWorkbench } from '../../common/widget';
import type { Endpoint } from '../api';
import { predictCode } from '../words';
import { Answer } from './answer';
import type { Prediction } from './api';
import { textOf, valueOf, type Values } from './fields';
import { Input } from './input';
import { beginning, expected, hasForm, readBody } from './jsonbody';
import type { EndpointModel } from './model';
import { predictJsonCode } from './words';

interface IProps {
  model: EndpointModel;
  endpoint: Endpoint;
}

/** A form from the model's signature, filled with its input example. */
export function TryIt({ model, endpoint }: IProps): ReactElement {
  // Another version may take other columns: its form begins anew, unless they are the same.
  const key = JSON.stringify(endpoint.signature?.inputs ?? null);
  return hasForm(endpoint) ? (
    <Fields key={key} model={model} endpoint={endpoint} />
  ) : (
    <Editor key={key} model={model} endpoint={endpoint} />
  );
}

function Fields({ model, endpoint }: IProps): ReactElement {
  const columns = endpoint.signature?.inputs ?? [];
  const [values, setValues] = useState<Values>(() =>
    Object.fromEntries(
      columns.map(column => [column.name, textOf(column, endpoint.input_example?.[column.name])])
    )
  );
  const row = columns.map(column => valueOf(column, values[column.name]));
  const names = columns.map(column => column.name);
  return (
    <Asking
      model={model}
      endpoint={endpoint}
      asked={values}
      body={{ columns: names, data: [row] }}
      code={predictCode(endpoint.name, names, row)}
    >
      <div className="lw-TryIt-fields">
        {columns.map(column => (
          <Input
            key={column.name}
            column={column}
            text={values[column.name]}
            change={text => setValues({ ...values, [column.name]: text })}
          />
        ))}
      </div>
    </Asking>
  );
}

/** For tensors, and for models of which nobody knows the columns. */
function Editor({ model, endpoint }: IProps): ReactElement {
  const { trans } = useWorkbench();
  const [text, setText] = useState(() => beginning(endpoint));
  const read = readBody(text, endpoint, trans);
  const problem = 'problem' in read ? read.problem : '';
  return (
    <Asking
      model={model}
      endpoint={endpoint}
      asked={text}
      body={'body' in read ? { body: read.body } : null}
      code={'body' in read ? predictJsonCode(endpoint.name, read.body) : null}
    >
      <div className="lw-TryIt-json">
        <p className="lw-quiet" id="lw-tryit-expected">
          {expected(endpoint, trans)}
        </p>
        <textarea
          className="jp-mod-styled"
          aria-label={trans.__('The request in JSON')}
          aria-describedby="lw-tryit-expected lw-tryit-problem"
          aria-invalid={problem !== ''}
          rows={Math.min(14, Math.max(4, text.split('\n').length))}
          spellCheck={false}
          value={text}
          onChange={event => setText(event.target.value)}
        />
        <p className="lw-Form-error" id="lw-tryit-problem" aria-live="polite">
          {problem}
        </p>
      </div>
    </Asking>
  );
}

interface IAskingProps extends IProps {
  /** What stands in the form; compared by identity. */
  asked: unknown;
  /** What is sent; null where it cannot be. */
  body: Schemas['Predict'] | null;
  code: string | null;
  children: ReactNode;
}

/** The form around the fields: the button, and the answer or the whole of the error. */
function Asking({ model, endpoint, asked, body, code, children }: IAskingProps): ReactElement {
  const { trans } = useWorkbench();
  const [answer, setAnswer] = useState<{ prediction: Prediction; asked: unknown } | null>(null);
  const [refused, setRefused] = useState<RequestError | null>(null);
  const [busy, setBusy] = useState(false);
  const ready = endpoint.state === 'ready';

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!body) {
      return;
    }
    setBusy(true);
    setAnswer(null);
    setRefused(null);
    try {
      setAnswer({ prediction: await model.predict(body), asked });
    } catch (error) {
      setRefused(asRequestError(error));
    }
    setBusy(false);
  };

  return (
    <form className="lw-TryIt" onSubmit={event => void submit(event)}>
      {children}
      <div className="lw-TryIt-actions">
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept lw-Button"
          disabled={busy || !ready || !body}
          title={ready ? undefined : trans.__('The endpoint is not ready')}
        >
          {busy ? trans.__('Asking…') : trans.__('Predict')}
        </button>
        {code ? <CopyAsCell code={code} what={trans.__('predict')} /> : null}
        {ready ? null : <span className="lw-quiet">{trans.__('The endpoint is not ready.')}</span>}
      </div>
      <output className="lw-TryIt-answer" aria-live="polite">
        {answer ? (
          <Answer
            model={model}
            endpoint={endpoint}
            prediction={answer.prediction}
            old={answer.asked !== asked}
          />
        ) : null}
      </output>
      {refused ? (
        <div className="lw-TryIt-error" role="alert">
          <p>{refused.detail}</p>
          <p className="lw-quiet">
            {trans.__('%1, %2', refused.status || trans.__('no connection'), refused.code)}
          </p>
        </div>
      ) : null}
    </form>
  );
}
