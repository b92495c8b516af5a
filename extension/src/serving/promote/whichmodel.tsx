import React, { type ReactElement } from 'react';

import type { Schemas } from '../../api/request';
import { Field } from '../../common/dialog';

interface IProps {
  run: Schemas['Run'];
  model: string | null;
  label: string;
  change: (model: string) => void;
}

/** Which of a run's models, where it has several. */
export function WhichModel({ run, model, label, change }: IProps): ReactElement | null {
  return run.models.length > 1 ? (
    <Field label={label}>
      <select className="jp-mod-styled" value={model ?? ''} onChange={event => change(event.target.value)}>
        {run.models.map(one => (
          <option key={one.uri} value={one.name}>
            {one.name}
          </option>
        ))}
      </select>
    </Field>
  ) : null;
}

/** The first of them, where there are several. */
export const firstOf = ({ models }: Schemas['Run']): string | null =>
  models.length > 1 ? models[0].name : null;
