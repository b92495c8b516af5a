import React, { useState, type ReactElement } from 'react';

import { Button, CopyAsCell } from '../../common/button';
import { number } from '../../common/format';
import { say } from '../../common/notice';
import { CopyText } from '../../common/page';
import { useWorkbench } from '../../common/widget';
import type { Endpoint } from '../api';
import type { Prediction } from './api';
import type { EndpointModel } from './model';
import { feedbackCode, milliseconds } from './words';

interface IProps {
  model: EndpointModel;
  endpoint: Endpoint;
  prediction: Prediction;
  /** The form says something else by now. */
  old: boolean;
}

/** The answer by the names of the model's outputs, who gave it, and a place for what came true. */
export function Answer({ model, endpoint, prediction, old }: IProps): ReactElement {
  const { trans } = useWorkbench();
  const { predictions, version, request_id, latency_ms } = prediction;
  const outputs = endpoint.signature?.outputs ?? [];
  const name = outputs.length === 1 ? outputs[0].name : trans.__('prediction');
  const [value] = predictions;
  const named: [string, unknown][] =
    predictions.length !== 1
      ? [[trans.__('%1 of %2 rows', name, predictions.length), predictions]]
      : typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value)
        : [[name, value]];
  return (
    <div className={old ? 'lw-TryIt-result lw-mod-old' : 'lw-TryIt-result'}>
      <div className="lw-TryIt-values">
        {named.map(([output, one]) => (
          <span key={output}>
            {output}: <strong>{show(one)}</strong>
          </span>
        ))}
      </div>
      <div className="lw-TryIt-about lw-quiet">
        <span>
          {old
            ? trans.__('by version %1, for the values before', version)
            : trans.__('by version %1', version)}
        </span>
        <span>{milliseconds(latency_ms)}</span>
        <span className="lw-withAction">
          <code className="lw-ellipsis" title={trans.__('The request’s id: %1', request_id)}>
            {request_id}
          </code>
          <CopyText text={request_id} what={trans.__('the request’s id')} />
        </span>
      </div>
      <Feedback key={request_id} model={model} request={request_id} />
    </div>
  );
}

function Feedback({ model, request }: { model: EndpointModel; request: string }): ReactElement {
  const { trans } = useWorkbench();
  const [text, setText] = useState('');
  const [sent, setSent] = useState('');
  const outcome = outcomeOf(text);
  const send = async (): Promise<void> => {
    await model.feedback(request, outcome);
    setSent(text);
    say(trans.__('The outcome stands in the prediction log, by this request’s id.'));
  };
  return (
    <div className="lw-TryIt-feedback">
      <label>
        <span className="lw-quiet">{trans.__('What came true')}</span>
        <input
          className="jp-mod-styled"
          type="text"
          value={text}
          maxLength={10000}
          autoComplete="off"
          placeholder={trans.__('such as 1, or [0, 1]')}
          onChange={event => setText(event.target.value)}
          onKeyDown={event => {
            // Enter here is not another prediction.
            if (event.key === 'Enter') {
              event.preventDefault();
            }
          }}
        />
      </label>
      <Button label={trans.__('Give feedback')} disabled={!text.trim() || text === sent} onClick={send} />
      <CopyAsCell code={feedbackCode(model.name, request, outcome)} what={trans.__('feedback')} />
      {sent && text === sent ? (
        <span className="lw-quiet" role="status">
          {trans.__('noted')}
        </span>
      ) : null}
    </div>
  );
}

/** What was typed: JSON where it is some, else the text itself. */
function outcomeOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function show(value: unknown): string {
  if (typeof value === 'number') {
    return number(value);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
