import type { TranslationBundle } from '@jupyterlab/translation';

import type { Tone } from '../common/badge';
import { cell, literal, python } from '../common/code';
import type { Endpoint } from './api';
import { splitWords } from './sharewords';

/** What an endpoint may be called. The dash is escaped: browsers read an input's pattern in the strict (v) way. */
export const NAME = '[a-z0-9]([a-z0-9\\-]{0,38}[a-z0-9])?';

/** What a registered model may be called. */
export const MODEL_NAME = '[\\p{L}\\p{N}_.\\-](?:[\\p{L}\\p{N}_ .\\-]*[\\p{L}\\p{N}_.\\-])?';

/** An endpoint's state, as people read it. */
export function stateOf(endpoint: Endpoint, trans: TranslationBundle): { tone: Tone; text: string } {
  switch (endpoint.state) {
    case 'ready':
      return { tone: 'good', text: trans.__('ready') };
    case 'starting':
      return { tone: 'busy', text: trans.__('starting') };
    case 'failed':
      return { tone: 'bad', text: trans.__('failed') };
    case 'stopped':
      return { tone: 'quiet', text: trans.__('stopped') };
  }
}

/** The live version and where it comes from, or what each has while traffic is split, in a few words. */
export function versionOf(endpoint: Endpoint, trans: TranslationBundle): string {
  const { live } = endpoint;
  if (!live) {
    return trans.__('no version yet');
  }
  const from = live.run_name
    ? trans.__('version %1 from %2', live.version, live.run_name)
    : trans.__('version %1', live.version);
  return splitWords(endpoint, trans) || from;
}

/** A name for the endpoint of an experiment's run. */
export function nameFor(experiment: string): string {
  const name = experiment
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return name || 'model';
}

/** The cell that registers. */
export function registerCode(runId: string, name: string, model: string | null): string {
  return cell(
    model ? [runId, name, model] : [runId, name],
    (run, as, which) => `%register ${run} ${as}${which ? ` --model ${which}` : ''}`,
    `lw.serving.register(${literal(runId)}, ${literal(name)}${model ? `, model=${literal(model)}` : ''})`
  );
}

/** The cell that stops or starts an endpoint. */
export function setRunningCode(name: string, running: boolean): string {
  const verb = running ? 'start' : 'stop';
  return cell([name], word => `%endpoint ${verb} ${word}`, `lw.serving.${verb}(${literal(name)})`);
}

/** The cell that deletes an endpoint. */
export function deleteCode(name: string): string {
  return `import labwright as lw\n\nlw.serving.delete(${literal(name)})`;
}

/** The cell that asks the endpoint for one row. */
export function predictCode(name: string, columns: string[], row: unknown[]): string {
  const items = columns.map((column, index) => `    ${literal(column)}: [${python(row[index])}],`);
  const rows = ['import pandas as pd', '', 'rows = pd.DataFrame({', ...items, '})'].join('\n');
  return cell(
    [name],
    word => `${rows}\n%predict ${word} rows`,
    `${rows}\nlw.serving.predict(${literal(name)}, rows)`
  );
}
