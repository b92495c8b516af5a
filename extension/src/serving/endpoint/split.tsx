import React, { type ReactElement } from 'react';

import { Button } from '../../common/button';
import { ask, Field } from '../../common/dialog';
import { number } from '../../common/format';
import type { IWorkbench } from '../../common/tokens';
import { useWorkbench } from '../../common/widget';
import type { Endpoint } from '../api';
import type { Promotion } from './api';
import type { EndpointModel } from './model';
import { trafficCode } from './words';

const OFFERED = 8;
const LEAST = 0.1; // percent of the live version, as the service has it

interface IKnown {
  version: string;
  run: string | null;
  percent: number;
}

/** Opens the form that splits the traffic lastingly. */
export function SplitButton({ model, endpoint }: { model: EndpointModel; endpoint: Endpoint }): ReactElement {
  const workbench = useWorkbench();
  const { trans } = workbench;
  const reason = whyNot(endpoint, trans);
  return (
    <Button
      label={trans.__('Split traffic…')}
      disabled={reason !== ''}
      title={reason || undefined}
      onClick={() => askSplit(model, endpoint, workbench)}
    />
  );
}

function whyNot(endpoint: Endpoint, trans: IWorkbench['trans']): string {
  if (endpoint.operation?.state === 'running') {
    return trans.__('wait until what goes on has ended, or cancel it');
  }
  return endpoint.state === 'stopped' ? trans.__('the endpoint is stopped; start it first') : '';
}

interface IValue {
  percents: Record<string, string>;
  shadow: string;
  reason: string;
}

async function askSplit(model: EndpointModel, endpoint: Endpoint, workbench: IWorkbench): Promise<void> {
  const { trans, copyAsCell } = workbench;
  await model.history.refresh(true);
  const live = endpoint.live!.version;
  const known = knownTo(endpoint, model.history.data ?? []);
  const others = known.filter(({ version }) => version !== live);
  await ask<IValue>({
    trans,
    title: trans.__('Split the traffic of %1', endpoint.name),
    accept: trans.__('Split'),
    value: {
      percents: Object.fromEntries(known.map(({ version, percent }) => [version, String(percent)])),
      shadow: (endpoint.traffic ?? []).find(({ role }) => role === 'shadow')?.version ?? '',
      reason: ''
    },
    submit: ({ percents, shadow, reason }) =>
      model.setTraffic(endpoint, weightsOf(percents), shadow || null, reason),
    copy: ({ percents, shadow }) =>
      copyAsCell(trafficCode(endpoint.name, weightsOf(percents), shadow || null)),
    fields: ({ value, change }) => {
      const whole = Object.values(value.percents).reduce((sum, text) => sum + (Number(text) || 0), 0);
      const wrong = wrongIn(whole, value, live, trans);
      return others.length ? (
        <>
          <p className="lw-Form-lead">
            {trans.__('A lasting split: each call goes to one version, as often as its share says.')}
          </p>
          <div className="lw-Split" role="group" aria-label={trans.__('Shares in percent')}>
            {known.map(({ version, run }, place) => (
              <label key={version}>
                <span className="lw-ellipsis">
                  {version === live ? trans.__('Version %1, live', version) : trans.__('Version %1', version)}{' '}
                  <span className="lw-quiet">{run}</span>
                </span>
                <input
                  className="jp-mod-styled"
                  type="number"
                  min={0}
                  max={100}
                  step="any"
                  required
                  ref={place ? undefined : input => refuse(input, wrong)}
                  value={value.percents[version]}
                  onChange={event =>
                    change({ percents: { ...value.percents, [version]: event.target.value } })
                  }
                />
                <span aria-hidden="true">%</span>
              </label>
            ))}
          </div>
          <p className={wrong ? 'lw-Form-error' : 'lw-quiet'} role="status">
            {wrong || trans.__('Together 100 %.')}
          </p>
          <Field
            label={trans.__('Shadow')}
            hint={trans.__('Gets copies of the calls. Its answers go to the log, never to a caller.')}
          >
            <select
              className="jp-mod-styled"
              value={value.shadow}
              onChange={event => change({ shadow: event.target.value })}
            >
              <option value="">{trans.__('none')}</option>
              {others.map(({ version, run }) => (
                <option key={version} value={version}>
                  {run ? trans.__('version %1 (%2)', version, run) : trans.__('version %1', version)}
                </option>
              ))}
            </select>
          </Field>
          <Field label={trans.__('Reason')} hint={trans.__('Optional; it stands in the history.')}>
            <input
              className="jp-mod-styled"
              type="text"
              maxLength={2000}
              autoComplete="off"
              value={value.reason}
              onChange={event => change({ reason: event.target.value })}
            />
          </Field>
        </>
      ) : (
        <p>
          {trans.__(
            'Only version %1 was promoted here, so there is nothing to split with. Promote another run first; as a canary or a shadow, if it shall not answer all calls.',
            live
          )}
          <input type="hidden" />
        </p>
      );
    }
  });
}

/** The dialog looks at its fields at each input, which is before what is wrong with all of them together is known. */
function refuse(input: HTMLInputElement | null, wrong: string): void {
  if (input && (wrong ? input.validationMessage !== wrong : input.validity.customError)) {
    input.setCustomValidity(wrong);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

/** What is wrong with the shares, in a line; empty when nothing is. */
function wrongIn(
  whole: number,
  { percents, shadow }: IValue,
  live: string,
  trans: IWorkbench['trans']
): string {
  if (Math.abs(whole - 100) > 0.01) {
    return trans.__('Together %1 %; make them add up to 100.', number(Number(whole.toFixed(2))));
  }
  // What the others leave is the live version's share.
  if (!(Number(percents[live]) > 0) || 100 - (whole - Number(percents[live])) < LEAST) {
    return trans.__(
      'Version %1 is live and needs a share, %2 % at least; make another one live instead.',
      live,
      LEAST
    );
  }
  return shadow && Number(percents[shadow]) > 0
    ? trans.__('A shadow gets copies only; give version %1 no share.', shadow)
    : '';
}

function weightsOf(percents: Record<string, string>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(percents)
      .map(([version, text]) => [version, Number(text)] as const)
      .filter(([, percent]) => percent > 0)
  );
}

/** What may have a share: the live version, what is loaded, and the last ones that were promoted here. */
function knownTo(endpoint: Endpoint, history: Promotion[]): IKnown[] {
  const live = endpoint.live!;
  const loaded = (endpoint.traffic ?? []).filter(({ role }) => role === 'live' || role === 'share');
  const found = new Map<string, IKnown>();
  const add = (version: string, run: string | null): void => {
    if (!found.has(version)) {
      const percent = loaded.find(one => one.version === version)?.percent ?? 0;
      found.set(version, { version, run, percent });
    }
  };
  add(live.version, live.run_name);
  (endpoint.traffic ?? []).forEach(one => add(one.version, one.run_name));
  history.forEach(({ version }) => found.size < OFFERED && add(version.version, version.run_name));
  const shares = [...found.values()];
  if (!loaded.length) {
    shares[0].percent = 100;
  }
  return shares;
}
