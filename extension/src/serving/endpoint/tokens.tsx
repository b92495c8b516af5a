import React, { useState, type FormEvent, type ReactElement } from 'react';

import { Badge } from '../../common/badge';
import { Button, CopyAsCell } from '../../common/button';
import { confirm } from '../../common/dialog';
import { ago, moment } from '../../common/format';
import { attempt } from '../../common/notice';
import { CopyText } from '../../common/page';
import { Loaded } from '../../common/shell';
import { Table } from '../../common/table';
import { useWorkbench } from '../../common/widget';
import type { EndpointModel } from './model';
import { revokeCode, tokenCode } from './words';

const CONSUMER = '[A-Za-z0-9]([\\p{L}\\p{N}_ .@\\-]{0,62}[A-Za-z0-9])?';

/** Who may call the endpoint. A new token is shown until it is put away, and by nothing ever again. */
export function Tokens({ model }: { model: EndpointModel }): ReactElement {
  const workbench = useWorkbench();
  const { trans, copyAsCell } = workbench;
  const [made, setMade] = useState<{ name: string; token: string } | null>(null);
  const revoke = async (name: string): Promise<void> => {
    const sure = await confirm(
      trans,
      trans.__('Revoke the token of %1?', name),
      trans.__(
        'Whoever calls with it gets 401 from now on. It cannot be taken back; a new token can be made.'
      ),
      trans.__('Revoke'),
      () => copyAsCell(revokeCode(model.name, name))
    );
    if (sure) {
      await model.revoke(name);
      setMade(before => (before?.name === name ? null : before));
    }
  };
  return (
    <>
      <p className="lw-quiet">
        {trans.__(
          'Each caller gets a token of its own, so that it can be told from others and ended alone. Yours is fetched by labwright token %1.',
          model.name
        )}
      </p>
      <NewToken model={model} done={(name, token) => setMade({ name, token })} />
      {made ? (
        <div className="lw-Token" role="status">
          <p>
            {trans.__(
              'The token of %1. Copy it now: it is kept nowhere and cannot be shown again.',
              made.name
            )}
          </p>
          <div className="lw-Token-line">
            <code>{made.token}</code>
            <CopyText text={made.token} what={trans.__('the token')} />
            <Button label={trans.__('Done')} onClick={() => setMade(null)} />
          </div>
        </div>
      ) : null}
      <Loaded resource={model.consumers}>
        {consumers =>
          consumers.length ? (
            <Table
              label={trans.__('Consumers of %1', model.name)}
              rows={[...consumers].sort((a, b) => Number(!!a.revoked) - Number(!!b.revoked))}
              keyOf={({ name, created }) => `${name} ${created}`}
              columns={[
                {
                  id: 'name',
                  label: trans.__('Consumer'),
                  cell: ({ name }) => <span className="lw-Table-name">{name}</span>
                },
                {
                  id: 'state',
                  label: trans.__('Token'),
                  cell: ({ revoked }) => (
                    <Badge
                      tone={revoked ? 'quiet' : 'good'}
                      text={revoked ? trans.__('revoked') : trans.__('valid')}
                    />
                  )
                },
                {
                  id: 'created',
                  label: trans.__('Made'),
                  cell: ({ created }) => <span title={moment(created)}>{ago(created, trans)}</span>
                },
                {
                  id: 'revoked',
                  label: trans.__('Revoked'),
                  cell: ({ revoked }) => (
                    <span title={moment(revoked)}>{revoked ? ago(revoked, trans) : '–'}</span>
                  )
                },
                {
                  id: 'do',
                  label: '',
                  cell: ({ name, revoked }) =>
                    revoked ? null : <Button label={trans.__('Revoke…')} onClick={() => revoke(name)} />
                }
              ]}
            />
          ) : (
            <p className="lw-quiet">{trans.__('Nobody but you has a token.')}</p>
          )
        }
      </Loaded>
    </>
  );
}

function NewToken({
  model,
  done
}: {
  model: EndpointModel;
  done: (name: string, token: string) => void;
}): ReactElement {
  const { trans } = useWorkbench();
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const create = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    await attempt(async () => {
      done(name, await model.newConsumer(name));
      setName('');
    });
    setBusy(false);
  };
  return (
    <form className="lw-NewToken" onSubmit={event => void create(event)}>
      <input
        className="jp-mod-styled"
        type="text"
        aria-label={trans.__('Consumer')}
        placeholder={trans.__('Who is to call it, such as billing')}
        title={trans.__('Letters, digits, spaces, dots, @ and dashes; at most 64')}
        value={name}
        required
        pattern={CONSUMER}
        maxLength={64}
        autoComplete="off"
        spellCheck={false}
        onChange={event => setName(event.target.value)}
      />
      <button type="submit" className="jp-mod-styled jp-mod-accept lw-Button" disabled={busy || !name}>
        {trans.__('Create token')}
      </button>
      {name ? <CopyAsCell code={tokenCode(model.name, name)} what={trans.__('token')} /> : null}
    </form>
  );
}
