import type { TranslationBundle } from '@jupyterlab/translation';

import type { Tone } from '../../common/badge';
import { cell, literal, python } from '../../common/code';
import { number } from '../../common/format';
import type { Promotion, VersionTraffic } from './api';

/** What a version does, as people read it. */
export function roleOf(role: string | null, trans: TranslationBundle): string {
  switch (role) {
    case 'live':
      return trans.__('live');
    case 'share':
      return trans.__('share');
    case 'canary':
      return trans.__('canary');
    case 'shadow':
      return trans.__('shadow');
    default:
      return role ?? trans.__('not loaded');
  }
}

/** How a version's processes stand. */
export function versionState(
  { state }: VersionTraffic,
  trans: TranslationBundle
): { tone: Tone; text: string } {
  switch (state) {
    case 'ready':
      return { tone: 'good', text: trans.__('ready') };
    case 'loading':
      return { tone: 'busy', text: trans.__('loading') };
    case 'restarting':
      return { tone: 'busy', text: trans.__('restarting') };
    case 'failed':
      return { tone: 'bad', text: trans.__('failed') };
    default:
      return { tone: 'quiet', text: state };
  }
}

/** What was done, in a line of the history. */
export function deedOf({ kind = 'promote' }: Promotion, trans: TranslationBundle): string {
  switch (kind) {
    case 'promote':
      return trans.__('promoted');
    case 'rollback':
      return trans.__('rolled back');
    case 'traffic':
      return trans.__('traffic split');
    case 'shadow':
      return trans.__('shadow');
    default:
      return kind;
  }
}

/** Version → percent, in a few words. */
export function sharesOf(traffic: Record<string, number>): string {
  return Object.entries(traffic)
    .sort(([, a], [, b]) => b - a)
    .map(([version, percent]) => `${version}: ${percentOf(percent)}`)
    .join(', ');
}

/** A share. */
export const percentOf = (percent: number): string => `${number(Number(percent.toFixed(2)))} %`;

/** Milliseconds with as many digits as matter. */
export const milliseconds = (value: number | null): string =>
  value === null ? '–' : `${number(Number(value.toPrecision(3)))} ms`;

/** A number of a chart. */
export const figure = (value: number | null): string =>
  value === null ? '–' : number(Number(value.toPrecision(3)));

/** The cell that asks the endpoint for what stands in the JSON editor. */
export function predictJsonCode(name: string, body: Record<string, unknown>): string {
  const [form, value] = Object.entries(body)[0];
  const [library, rows] =
    form === 'dataframe_split'
      ? ['import pandas as pd', `pd.DataFrame(**${python(value)})`]
      : form === 'dataframe_records'
        ? ['import pandas as pd', `pd.DataFrame(${python(value)})`]
        : ['import numpy as np', `np.array(${python(value)})`];
  const made = `${library}\n\nrows = ${rows}`;
  return cell(
    [name],
    word => `${made}\n%predict ${word} rows`,
    `${made}\nlw.serving.predict(${literal(name)}, rows)`
  );
}

/** The cell that rolls back. */
export const rollBackCode = (
  name: string,
  version: string,
  previous: string | null,
  reason: string
): string =>
  cell(
    [name, ...(version === previous ? [] : [version]), ...(reason ? [reason] : [])],
    word => `%endpoint rollback ${word}${to(version, previous)}${because(reason)}`,
    `lw.serving.rollback(${literal(name)}${version === previous ? '' : `, version=${literal(version)}`}${
      reason ? `, reason=${literal(reason)}` : ''
    })`
  );

const to = (version: string, previous: string | null): string =>
  version === previous ? '' : ` --to ${version}`;

/** The option of a magic's line that says why; the reason is plain text by then. */
const because = (reason: string): string => (reason ? ` --reason '${reason}'` : '');

/** The cell that spreads the calls. */
export function trafficCode(name: string, weights: Record<string, number>, shadow: string | null): string {
  const shares = Object.entries(weights);
  return cell(
    [name, ...shares.map(([version, percent]) => `${version}=${percent}`), ...(shadow ? [shadow] : [])],
    word =>
      `%endpoint traffic ${word} ${shares.map(([version, percent]) => `${version}=${percent}`).join(' ')}` +
      (shadow ? ` --shadow ${shadow}` : ''),
    `lw.serving.traffic(${literal(name)}, ${python(weights)}${shadow ? `, shadow=${literal(shadow)}` : ''})`
  );
}

/** The cell that makes a version of the endpoint's model live. */
export const makeLiveCode = (name: string, version: string): string =>
  cell(
    [name, version],
    word => `%promote --to ${word} --version ${version}`,
    `lw.serving.promote(to=${literal(name)}, version=${literal(version)})`
  );

/** The cell that makes a token and keeps it in a variable. */
export const tokenCode = (name: string, consumer: string): string =>
  cell(
    [name, consumer],
    (word, who) => `%endpoint token ${word} ${who} -o token`,
    `token = lw.serving.new_token(${literal(name)}, ${literal(consumer)}).token`
  );

/** The cell that ends a consumer's token. */
export const revokeCode = (name: string, consumer: string): string =>
  cell(
    [name, consumer],
    (word, who) => `%endpoint revoke ${word} ${who}`,
    `lw.serving.revoke_token(${literal(name)}, ${literal(consumer)})`
  );

/** The cell that shows what the page's part shows. */
export const showCode = (name: string, verb: 'history' | 'lineage' | 'tokens' | 'log' | 'settings'): string =>
  cell(
    [name],
    word => `%endpoint ${verb} ${word}`,
    verb === 'settings'
      ? `lw.serving.endpoint(${literal(name)}).settings`
      : `lw.serving.${verb}(${literal(name)})`
  );

/** The cell that says what came true. */
export const feedbackCode = (name: string, request: string, outcome: unknown): string =>
  `import labwright as lw\n\nlw.serving.feedback(${literal(name)}, ${literal(request)}, ${python(outcome)})`;
