import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { ask, Field } from '../../common/dialog';
import type { Bulk } from './bulk';

/** Ask for a tag that the runs get, or lose. */
export async function askTag(bulk: Bulk, runIds: string[], trans: TranslationBundle): Promise<boolean> {
  return ask({
    trans,
    title: trans._n('Tag %1 run', 'Tag %1 runs', runIds.length),
    accept: trans.__('Tag'),
    value: { key: '', value: '', remove: false },
    submit: async ({ key, value, remove }) => {
      if (!key.trim()) {
        throw new Error(trans.__('A tag has a name.'));
      }
      await (remove ? bulk.untag(runIds, key.trim()) : bulk.tag(runIds, key.trim(), value));
    },
    fields: ({ value, change }) => (
      <>
        <Field label={trans.__('Name')}>
          <input
            className="jp-mod-styled"
            type="text"
            required
            maxLength={250}
            value={value.key}
            onChange={event => change({ key: event.target.value })}
          />
        </Field>
        <Field label={trans.__('Value')} hint={trans.__('Runs that have this tag get the new value.')}>
          <input
            className="jp-mod-styled"
            type="text"
            maxLength={5000}
            disabled={value.remove}
            value={value.value}
            onChange={event => change({ value: event.target.value })}
          />
        </Field>
        <label className="lw-Toggle">
          <input
            type="checkbox"
            checked={value.remove}
            onChange={event => change({ remove: event.target.checked })}
          />
          {trans.__('Take this tag away instead')}
        </label>
      </>
    )
  });
}
