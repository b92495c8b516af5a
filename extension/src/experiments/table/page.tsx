import { Clipboard } from '@jupyterlab/apputils';
import { linkIcon } from '@jupyterlab/ui-components';
import React, { useCallback, useContext, useEffect, useState, type ReactElement } from 'react';

import { Button, CopyAsCell, IconButton } from '../../common/button';
import { say } from '../../common/notice';
import { useResource, Visible } from '../../common/resource';
import { Empty, Loaded } from '../../common/shell';
import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import type { ExperimentsModel } from '../model';
import { compareCode, compareExperimentCode } from '../words';
import type { TableRow } from './api';
import { Bulk } from './bulk';
import type { Deeds } from './deeds';
import { Details } from './details';
import { Grid } from './grid';
import { linkOf } from './link';
import { MOST_ROWS, type RunsTable } from './model';
import { Search } from './search';
import { ExportButton, Toolbar } from './toolbar';
import { NOTHING_CHOSEN } from './view';

interface IProps {
  experiments: ExperimentsModel;
  model: RunsTable;
  deeds: Deeds;
  name: string;
  compare: (runIds: string[]) => void;
}

const MOST_COMPARED = 100;
const SYNC_MILLISECONDS = 700;

/** The tab "Runs" of an experiment. */
export function RunsPage(props: IProps): ReactElement {
  const { model } = props;
  return <Loaded resource={model.resource}>{() => <Page {...props} />}</Loaded>;
}

function Page(props: IProps): ReactElement {
  const { experiments, model, deeds, name } = props;
  const workbench = useWorkbench();
  const [bulk] = useState(() => new Bulk(workbench, model));
  const open = useStore(model.open);
  const menu = useCallback(
    (row: TableRow, x: number, y: number) => void deeds.menu(model, bulk, row, x, y),
    [deeds, model, bulk]
  );
  return (
    <div className="lw-Runs">
      <Top {...props} />
      <Search model={model} />
      <Toolbar model={model} bulk={bulk} name={name} />
      <Trouble model={model} />
      <div className="lw-Runs-body">
        <div className="lw-Runs-table">
          <Grid model={model} label={workbench.trans.__('Runs of %1', name)} openMenu={menu} />
          <Nothing model={model} name={name} />
        </div>
        {open ? (
          <Details key={open} experiments={experiments} model={model} deeds={deeds} runId={open} />
        ) : null}
      </div>
    </div>
  );
}

function Top({ model, name, compare }: IProps): ReactElement {
  const workbench = useWorkbench();
  const { trans } = workbench;
  const ticked = [...useStore(model.ticked).keys()];
  const wrong =
    ticked.length < 2
      ? trans.__('Tick two runs or more to compare them')
      : ticked.length > MOST_COMPARED
        ? trans.__('At most %1 runs are compared', MOST_COMPARED)
        : '';
  return (
    <header className="lw-Runs-top">
      <h1 title={name}>{name}</h1>
      <div className="lw-actions">
        {ticked.length ? null : <ExportButton workbench={workbench} model={model} name={name} />}
        <IconButton
          label={trans.__('Copy link to this view')}
          icon={linkIcon}
          onClick={() => {
            Clipboard.copyToSystem(linkOf(model.experimentId, model.view.get()));
            say(trans.__('Copied the link. It opens this view of the table.'));
          }}
        />
        <CopyAsCell
          code={
            ticked.length && ticked.length <= MOST_COMPARED
              ? compareCode(ticked)
              : compareExperimentCode(name)
          }
          what={trans.__('compare')}
        />
        <Button
          label={ticked.length ? trans.__('Compare %1', ticked.length) : trans.__('Compare')}
          kind="accept"
          disabled={wrong !== ''}
          title={wrong || undefined}
          onClick={() => compare(ticked)}
        />
      </div>
    </header>
  );
}

/** What stands between the person and the whole truth: a failure, an index that is being filled, too many rows. */
function Trouble({ model }: { model: RunsTable }): ReactElement | null {
  const { trans } = useWorkbench();
  const trouble = useStore(model.trouble);
  const table = useStore(model.table);
  const visible = useContext(Visible);
  useResource(model.resource);
  const sync = table?.sync;
  // Such as an order by what a link names and no run has.
  const refused = trouble !== null && [400, 422].includes(trouble.status);
  useEffect(() => {
    if (!sync || !visible) {
      return undefined;
    }
    const timer = setTimeout(() => !document.hidden && void model.resource.refresh(true), SYNC_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [model, sync, visible]);
  return (
    <>
      {trouble && !model.isAbout(trouble) ? (
        <div className="lw-Runs-trouble" role="alert">
          <p>{trouble.detail}</p>
          <span className="lw-actions">
            {refused ? (
              <Button label={trans.__('Default view')} onClick={() => model.show(NOTHING_CHOSEN)} />
            ) : null}
            <Button label={trans.__('Try again')} onClick={() => model.retry()} />
          </span>
        </div>
      ) : null}
      {sync ? (
        <div className="lw-Runs-sync" role="status">
          <span className="lw-quiet">
            {sync.total === null
              ? trans.__('Taking in runs: %1', sync.done.toLocaleString())
              : trans.__('Taking in runs: %1 of %2', sync.done.toLocaleString(), sync.total.toLocaleString())}
          </span>
          <progress max={sync.total ?? undefined} value={sync.total === null ? undefined : sync.done} />
        </div>
      ) : null}
      {table && table.total > MOST_ROWS ? (
        <p className="lw-quiet lw-Runs-sync">
          {trans.__('The first %1 are listed. A filter brings the others.', MOST_ROWS.toLocaleString())}
        </p>
      ) : null}
    </>
  );
}

function Nothing({ model, name }: { model: RunsTable; name: string }): ReactElement | null {
  const { trans } = useWorkbench();
  const table = useStore(model.table);
  const view = useStore(model.view);
  const asking = useStore(model.asking);
  const trouble = useStore(model.trouble);
  // A question that was refused has no answer, not an empty one.
  if (!table || table.total > 0 || asking || table.sync || trouble) {
    return null;
  }
  if (view.filter.trim() || view.words.trim() || Object.keys(view.within).length) {
    return (
      <Empty>
        <p>{trans.__('No run matches.')}</p>
        <Button
          label={trans.__('Show all runs')}
          onClick={() => model.show({ filter: '', words: '', within: {} })}
        />
      </Empty>
    );
  }
  return view.lifecycle === 'archived' ? (
    <Empty>
      <p>{trans.__('No run of this experiment is archived.')}</p>
    </Empty>
  ) : (
    <Empty>
      <p>{trans.__('This experiment has no runs yet. Track a cell, and it appears here:')}</p>
      <code>%%track {name}</code>
    </Empty>
  );
}
