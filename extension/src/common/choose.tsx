import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { ask, Field } from './dialog';
import { attempt } from './notice';

interface IChooseOptions<T> {
  trans: TranslationBundle;
  title: string;
  /** What the field is called. */
  what: string;
  accept: string;
  /** What there is to choose from; asked for when the person asks. */
  list: () => Promise<T[]>;
  nameOf: (one: T) => string;
  /** What to do while there is nothing. */
  none: string;
  execute: (one: T) => void;
}

/** Do something with one of those that there are: the only one, or the one that the person chooses. */
export async function choose<T>(options: IChooseOptions<T>): Promise<void> {
  const { trans, title, what, accept, list, nameOf, none, execute } = options;
  let found: T[] = [];
  if (!(await attempt(async () => (found = await list())))) {
    return;
  }
  if (found.length === 0) {
    Notification.info(none, { autoClose: 8000 });
  } else if (found.length === 1) {
    execute(found[0]);
  } else {
    await ask({
      trans,
      title,
      accept,
      value: { place: 0 },
      submit: async ({ place }) => execute(found[place]),
      fields: ({ value, change }) => (
        <Field label={what}>
          <select
            className="jp-mod-styled"
            value={value.place}
            onChange={event => change({ place: Number(event.target.value) })}
          >
            {found.map((one, place) => (
              <option key={place} value={place}>
                {nameOf(one)}
              </option>
            ))}
          </select>
        </Field>
      )
    });
  }
}
