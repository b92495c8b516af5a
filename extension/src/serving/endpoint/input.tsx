import React, { useState, type ReactElement } from 'react';

import { useWorkbench } from '../../common/widget';
import type { Column } from './api';
import { fieldFor, problemOf } from './fields';

interface IInputProps {
  column: Column;
  text: string;
  change: (text: string) => void;
}

/** The field of a column, by its type. */
export function Input({ column, text, change }: IInputProps): ReactElement {
  const { trans } = useWorkbench();
  // The kind of field stays while it is typed in.
  const [{ type, ...field }] = useState(() => fieldFor(column, text));
  const shared = {
    'aria-label': column.name,
    value: text,
    required: column.required && type !== 'text'
  };
  const check = (input: HTMLInputElement | HTMLTextAreaElement | null): void =>
    input?.setCustomValidity(problemOf(column, text, trans));
  return (
    <label title={`${column.name}: ${column.type}`} className={type === 'json' ? 'lw-mod-wide' : undefined}>
      <span className="lw-ellipsis">
        {column.name}
        <span className="lw-quiet">
          {' '}
          {column.required ? column.type : trans.__('%1, optional', column.type)}
        </span>
      </span>
      {type === 'check' ? (
        <span className="lw-TryIt-check">
          <input
            type="checkbox"
            aria-label={column.name}
            checked={text === 'true'}
            onChange={event => change(String(event.target.checked))}
          />
          <span className="lw-quiet">{text}</span>
        </span>
      ) : type === 'choice' ? (
        <select className="jp-mod-styled" {...shared} onChange={event => change(event.target.value)}>
          <option value="" />
          <option value="true">true</option>
          <option value="false">false</option>
        </select>
      ) : type === 'json' ? (
        <textarea
          className="jp-mod-styled"
          rows={3}
          ref={check}
          spellCheck={false}
          {...shared}
          onChange={event => change(event.target.value)}
        />
      ) : (
        <input
          className="jp-mod-styled"
          type={type}
          ref={check}
          {...field}
          {...shared}
          onChange={event => change(event.target.value)}
        />
      )}
    </label>
  );
}
