import React, { type ReactElement } from 'react';

import { Field } from '../../common/dialog';
import { useWorkbench } from '../../common/widget';
import { nameOf, type Draft } from './settingswords';

interface IProps {
  draft: Draft;
  change: (some: Partial<Draft>) => void;
}

type Texts = { [K in keyof Draft]: Draft[K] extends string ? K : never }[keyof Draft];
type Flags = { [K in keyof Draft]: Draft[K] extends boolean ? K : never }[keyof Draft];

/** How calls are answered. */
export function ServingFields(props: IProps): ReactElement {
  const { trans } = useWorkbench();
  const { draft, change } = props;
  return (
    <fieldset className="lw-Form">
      <legend>{trans.__('Answering')}</legend>
      <Field
        label={nameOf('batching', trans)}
        hint={
          draft.batching === 'off'
            ? trans.__('Each row is predicted alone: the bits of a one-row call, and slower.')
            : trans.__('Calls that come together are predicted together: faster, the last bits may differ.')
        }
      >
        <select
          className="jp-mod-styled"
          value={draft.batching}
          onChange={event => change({ batching: event.target.value as Draft['batching'] })}
        >
          <option value="adaptive">{trans.__('adaptive')}</option>
          <option value="off">{trans.__('off')}</option>
        </select>
      </Field>
      <Whole
        {...props}
        name="replicas"
        max={16}
        hint={trans.__('With two, one may die and nobody notices.')}
      />
      <div className="lw-Form-row">
        <Seconds
          {...props}
          name="deadline_seconds"
          max={3600}
          hint={trans.__('For one batch; then its process ends.')}
        />
        <Seconds
          {...props}
          name="load_seconds"
          max={86400}
          hint={trans.__('A version that loads for longer failed.')}
        />
      </div>
      <Field
        label={nameOf('sticky', trans)}
        hint={trans.__(
          'A request header: calls with the same value get the same version while traffic is split. Empty: none.'
        )}
      >
        <input
          className="jp-mod-styled"
          type="text"
          pattern="[A-Za-z0-9\-]*"
          maxLength={100}
          placeholder="X-User"
          autoComplete="off"
          spellCheck={false}
          value={draft.sticky}
          onChange={event => change({ sticky: event.target.value })}
        />
      </Field>
      <Field
        label={nameOf('environment', trans)}
        hint={
          draft.environment === 'rebuilt'
            ? trans.__('Made by uv from the requirements logged with the model, at the next promotion.')
            : trans.__('The packages of this service’s own environment.')
        }
      >
        <select
          className="jp-mod-styled"
          value={draft.environment}
          onChange={event => change({ environment: event.target.value as Draft['environment'] })}
        >
          <option value="notebook">{trans.__('the notebook’s')}</option>
          <option value="rebuilt">{trans.__('rebuilt from the model')}</option>
        </select>
      </Field>
      <Flag {...props} name="network" label={trans.__('The model may open network connections')} />
    </fieldset>
  );
}

/** What the prediction log keeps. */
export function LogFields(props: IProps): ReactElement {
  const { trans } = useWorkbench();
  const lines = trans.__('A column’s name on each line.');
  return (
    <fieldset className="lw-Form">
      <legend>{trans.__('Prediction log')}</legend>
      <Flag
        {...props}
        name="inputs"
        label={trans.__(
          'Keep inputs and outputs; else only that there was a request, and drift cannot be read'
        )}
      />
      <Lines {...props} name="leave_out" hint={trans.__('%1 Not logged at all.', lines)} />
      <Lines
        {...props}
        name="hashed"
        hint={trans.__('%1 Logged as a keyed hash: values join, and nobody reads them.', lines)}
      />
      <Lines {...props} name="entity_keys" hint={trans.__('%1 They say whom a row is about.', lines)} />
      <div className="lw-Form-row">
        <Whole
          {...props}
          name="retention_days"
          max={36500}
          optional
          hint={trans.__('Older days are deleted. Empty: for ever.')}
        />
        <Whole
          {...props}
          name="max_mb"
          optional
          hint={trans.__('The oldest days go first. Empty: no limit.')}
        />
      </div>
      <Flag
        {...props}
        name="fsync"
        label={trans.__('Wait for the disk at each request, so that a power loss takes none (slower)')}
      />
    </fieldset>
  );
}

interface INumberProps extends IProps {
  name: Texts;
  hint: string;
  max?: number;
  optional?: boolean;
}

function Whole({ draft, change, name, hint, max, optional }: INumberProps): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Field label={nameOf(name, trans)} hint={hint}>
      <input
        className="jp-mod-styled"
        type="number"
        min={1}
        max={max}
        step={1}
        required={!optional}
        value={draft[name]}
        onChange={event => change({ [name]: event.target.value })}
      />
    </Field>
  );
}

function Seconds({ draft, change, name, hint, max }: INumberProps): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Field label={nameOf(name, trans)} hint={hint}>
      <input
        className="jp-mod-styled"
        type="number"
        min={0.001}
        max={max}
        step="any"
        required
        value={draft[name]}
        onChange={event => change({ [name]: event.target.value })}
      />
    </Field>
  );
}

function Lines({ draft, change, name, hint }: IProps & { name: Texts; hint: string }): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Field label={nameOf(name, trans)} hint={hint}>
      <textarea
        className="jp-mod-styled"
        rows={2}
        spellCheck={false}
        value={draft[name]}
        onChange={event => change({ [name]: event.target.value })}
      />
    </Field>
  );
}

function Flag({ draft, change, name, label }: IProps & { name: Flags; label: string }): ReactElement {
  return (
    <label>
      <input
        type="checkbox"
        checked={draft[name]}
        onChange={event => change({ [name]: event.target.checked })}
      />
      {label}
    </label>
  );
}
