import React, { useState, type FormEvent, type ReactElement } from 'react';

import { RequestError } from '../../api/request';
import { CopyAsCell } from '../../common/button';
import { asRequestError } from '../../common/resource';
import { say } from '../../common/notice';
import { useWorkbench } from '../../common/widget';
import type { Endpoint } from '../api';
import type { EndpointModel } from './model';
import { changedElsewhere, codeOf, draftOf, nameOf, settingsOf, type Draft } from './settingswords';
import { LogFields, ServingFields } from './settingsfields';

/** What can be set, in plain words. Nothing holds before it is saved. */
export function Settings({ model, endpoint }: { model: EndpointModel; endpoint: Endpoint }): ReactElement {
  const { trans } = useWorkbench();
  // What the person began from: whoever saves meanwhile is seen by it.
  const [base, setBase] = useState({ revision: endpoint.revision, draft: draftOf(endpoint.settings!) });
  const [changes, setChanges] = useState<Partial<Draft>>({});
  const [words, setWords] = useState('');
  const [busy, setBusy] = useState(false);
  const now = draftOf(endpoint.settings!);
  const dirty = Object.keys(changes).length > 0;
  const draft: Draft = { ...(dirty ? base.draft : now), ...changes };

  const change = (some: Partial<Draft>): void => {
    const from = dirty ? base : { revision: endpoint.revision, draft: now };
    const next = { ...changes, ...some };
    // What is as it was is no change.
    const kept = Object.entries(next).filter(([key, value]) => value !== from.draft[key as keyof Draft]);
    setBase(from);
    setChanges(Object.fromEntries(kept) as Partial<Draft>);
    setWords('');
  };
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const sent = changes;
    setBusy(true);
    setWords('');
    try {
      const saved = await model.setSettings(base.revision, settingsOf(draft));
      setBase({ revision: saved.revision, draft: draftOf(saved.settings!) });
      // What was typed meanwhile is still to be saved.
      setChanges(typed => without(typed, sent));
      say(trans.__('Saved; it holds from now on.'));
    } catch (error) {
      setWords(takeOver(asRequestError(error)));
    }
    setBusy(false);
  };
  /** After a conflict: the newer state, with what was typed here over it. Gives the line that says so. */
  const takeOver = (error: RequestError): string => {
    const newer = error.status === 409 ? model.standing.data?.endpoint : null;
    if (!newer?.settings) {
      return error.detail;
    }
    const after = draftOf(newer.settings);
    const others = changedElsewhere(base.draft, after);
    setBase({ revision: newer.revision, draft: after });
    return others.length
      ? trans.__(
          'Somebody saved other settings meanwhile: %1. They stand below, with your changes over them; look, then save again.',
          others.map(key => nameOf(key, trans)).join(', ')
        )
      : trans.__('The endpoint was changed meanwhile; its settings were not. Save again.');
  };

  return (
    <form className="lw-Settings" onSubmit={event => void save(event)}>
      {words ? (
        <p className="lw-Endpoint-problem" role="alert">
          {words}
        </p>
      ) : null}
      <div className="lw-Columns">
        <ServingFields draft={draft} change={change} />
        <LogFields draft={draft} change={change} />
      </div>
      <div className="lw-Settings-actions">
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept lw-Button"
          disabled={busy || !dirty}
          title={dirty ? undefined : trans.__('Nothing was changed')}
        >
          {trans.__('Save')}
        </button>
        <button
          type="button"
          className="jp-mod-styled jp-mod-reject lw-Button"
          disabled={busy || !dirty}
          onClick={() => {
            setChanges({});
            setWords('');
          }}
        >
          {trans.__('Take back')}
        </button>
        <CopyAsCell code={codeOf(endpoint.name, changes)} what={trans.__('settings')} />
        <span className="lw-quiet" role="status">
          {dirty
            ? trans.__(
                'Not saved: %1',
                Object.keys(changes)
                  .map(key => nameOf(key as keyof Draft, trans))
                  .join(', ')
              )
            : trans.__('Changes hold at once, and no request fails.')}
        </span>
      </div>
    </form>
  );
}

function without(typed: Partial<Draft>, sent: Partial<Draft>): Partial<Draft> {
  const left = Object.entries(typed).filter(([key, value]) => value !== sent[key as keyof Draft]);
  return Object.fromEntries(left) as Partial<Draft>;
}
