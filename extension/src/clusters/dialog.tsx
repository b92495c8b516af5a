import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { ask, confirm, Field } from '../common/dialog';
import { attempt } from '../common/notice';
import type { IWorkbench } from '../common/tokens';
import type { Cluster, StartCluster } from './api';
import type { ClustersModel } from './model';
import { startCode } from './words';

/** Ask before a cluster is stopped. */
export function confirmStop(cluster: Cluster, trans: TranslationBundle): Promise<boolean> {
  return confirm(
    trans,
    trans.__('Stop %1?', cluster.name),
    trans.__('Its workers end, with what they compute and hold in memory.'),
    trans.__('Stop')
  );
}

/** Ask for a new cluster, and start it; `notebook` is the path of the one that it is for. */
export async function askForCluster(
  model: ClustersModel,
  { trans, copyAsCell }: IWorkbench,
  notebook?: string
): Promise<void> {
  let started: Cluster | undefined;
  await ask<StartCluster>({
    trans,
    title: trans.__('New cluster'),
    accept: trans.__('Start'),
    value: model.defaults(notebook),
    submit: async value => (started = await model.start(value)),
    fields: ({ value, change }) => {
      const count = (name: 'workers' | 'threads' | 'gpus', least: number, most: number): JSX.Element => (
        <input
          className="jp-mod-styled"
          type="number"
          required
          min={least}
          max={most}
          step={1}
          // An empty field is not a zero: the browser says so before the dialog can be accepted.
          value={Number.isNaN(value[name]) ? '' : value[name]}
          onChange={event => change({ [name]: event.target.valueAsNumber })}
        />
      );
      return (
        <>
          {notebook === undefined ? null : (
            <p className="lw-Form-lead">{trans.__('Workers for %1.', notebook)}</p>
          )}
          <Field label={trans.__('Name')} hint={trans.__('Small letters, digits and hyphens')}>
            <input
              className="jp-mod-styled"
              required
              maxLength={40}
              pattern="[a-z0-9](?:[a-z0-9\-]{0,38}[a-z0-9])?"
              spellCheck={false}
              value={value.name}
              onChange={event => change({ name: event.target.value })}
            />
          </Field>
          <div className="lw-Form-row">
            <Field label={trans.__('Workers')}>{count('workers', 1, 64)}</Field>
            <Field label={trans.__('Threads per worker')}>{count('threads', 1, 64)}</Field>
          </div>
          <div className="lw-Form-row">
            <Field label={trans.__('Memory per worker')} hint={trans.__('auto, or such as 2GiB')}>
              <input
                className="jp-mod-styled"
                required
                pattern="(?:auto|[0-9]+(?:\.[0-9]+)? ?(?:[KMGT]i?)?B?)"
                spellCheck={false}
                value={value.memory_limit}
                onChange={event => change({ memory_limit: event.target.value })}
              />
            </Field>
            <Field label={trans.__('GPUs per worker')}>{count('gpus', 0, 8)}</Field>
          </div>
        </>
      );
    }
  });
  if (started) {
    offerConnection(started, trans, copyAsCell, notebook);
  }
}

/** A cluster works for a notebook once a cell of it has connected to it. */
function offerConnection(
  cluster: Cluster,
  trans: TranslationBundle,
  copyAsCell: IWorkbench['copyAsCell'],
  notebook?: string
): void {
  const words = cluster.message
    ? `${cluster.name}: ${cluster.message}`
    : trans.__('The workers of %1 start. A cell connects a notebook to them.', cluster.name);
  Notification.success(words, {
    autoClose: 30000,
    actions: [
      {
        label: notebook === undefined ? trans.__('Connect a notebook') : trans.__('Connect this notebook'),
        caption: trans.__('Put the cell that connects into the notebook used last, else on the clipboard'),
        displayType: 'accent',
        callback: () => void attempt(() => copyAsCell(startCode(cluster)))
      }
    ]
  });
}
