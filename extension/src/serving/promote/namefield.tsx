import React, { useId, type ReactElement } from 'react';

import { Field } from '../../common/dialog';

interface IProps {
  label: string;
  /** What the name is to be, or what it would do. */
  hint: string;
  value: string;
  change: (value: string) => void;
  /** Those that there are, to choose from. */
  known: readonly string[];
  pattern: string;
  maxLength: number;
}

/** A name that is there already, or a new one. */
export function NameField({ label, hint, value, change, known, pattern, maxLength }: IProps): ReactElement {
  const list = useId();
  return (
    <Field label={label} hint={hint}>
      <input
        className="jp-mod-styled"
        type="text"
        list={list}
        value={value}
        required
        pattern={pattern}
        maxLength={maxLength}
        autoComplete="off"
        spellCheck={false}
        onChange={event => change(event.target.value)}
      />
      <datalist id={list}>
        {known.map(name => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </Field>
  );
}
