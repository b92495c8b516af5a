import React, { type ReactElement } from 'react';

import type { IDimension } from './dimensions';

/** A list of dimensions to choose from, by their kinds. */
export function Pick({
  label,
  value,
  dimensions,
  onChange,
  none
}: {
  label: string;
  value: string;
  dimensions: readonly IDimension[];
  onChange: (key: string) => void;
  /** What no dimension is called; without it one must be chosen. */
  none?: string;
}): ReactElement {
  const groups = [...new Set(dimensions.map(one => one.group))];
  return (
    <label className="lw-Toggle">
      {label}
      <select
        className="lw-Select"
        value={value}
        aria-label={label}
        onChange={event => onChange(event.target.value)}
      >
        {none === undefined ? null : <option value="">{none}</option>}
        {groups.map(group => (
          <optgroup key={group} label={group}>
            {dimensions
              .filter(one => one.group === group)
              .map(one => (
                <option key={one.key} value={one.key}>
                  {one.label.length > 60 ? `${one.label.slice(0, 60)}…` : one.label}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
