import type { TranslationBundle } from '@jupyterlab/translation';

import { cell, literal, python } from '../../common/code';
import type { EndpointSettings } from './api';

/** The settings as they stand in the form's fields. */
export interface Draft {
  batching: 'adaptive' | 'off';
  replicas: string;
  deadline_seconds: string;
  load_seconds: string;
  sticky: string;
  network: boolean;
  environment: 'notebook' | 'rebuilt';
  inputs: boolean;
  leave_out: string;
  hashed: string;
  entity_keys: string;
  retention_days: string;
  max_mb: string;
  fsync: boolean;
}

/** The fields for these settings. */
export function draftOf(settings: EndpointSettings): Draft {
  const { log } = settings;
  return {
    batching: settings.batching ?? 'adaptive',
    replicas: String(settings.replicas ?? 1),
    deadline_seconds: String(settings.deadline_seconds ?? 30),
    load_seconds: String(settings.load_seconds ?? 300),
    sticky: settings.sticky ?? '',
    network: settings.network ?? false,
    environment: settings.environment ?? 'notebook',
    inputs: log?.inputs ?? true,
    leave_out: (log?.leave_out ?? []).join('\n'),
    hashed: (log?.hashed ?? []).join('\n'),
    entity_keys: (log?.entity_keys ?? []).join('\n'),
    retention_days: textOf(log?.retention_days),
    max_mb: textOf(log?.max_mb),
    fsync: log?.fsync ?? false
  };
}

const textOf = (value: number | null | undefined): string => (value == null ? '' : String(value));

/** The settings that the fields say, whole. */
export function settingsOf(draft: Draft): EndpointSettings {
  return {
    batching: draft.batching,
    replicas: Number(draft.replicas),
    deadline_seconds: Number(draft.deadline_seconds),
    load_seconds: Number(draft.load_seconds),
    sticky: draft.sticky.trim() || null,
    network: draft.network,
    environment: draft.environment,
    log: {
      inputs: draft.inputs,
      leave_out: linesOf(draft.leave_out),
      hashed: linesOf(draft.hashed),
      entity_keys: linesOf(draft.entity_keys),
      retention_days: draft.retention_days === '' ? null : Number(draft.retention_days),
      max_mb: draft.max_mb === '' ? null : Number(draft.max_mb),
      fsync: draft.fsync
    }
  };
}

/** Names of columns, one a line; a column's name may hold commas and spaces. */
const linesOf = (text: string): string[] => [...new Set(text.split('\n').filter(line => line !== ''))];

/** The settings that are not as they were. */
export function changedElsewhere(before: Draft, after: Draft): (keyof Draft)[] {
  return (Object.keys(before) as (keyof Draft)[]).filter(key => before[key] !== after[key]);
}

const LOG: (keyof Draft)[] = [
  'inputs',
  'leave_out',
  'hashed',
  'entity_keys',
  'retention_days',
  'max_mb',
  'fsync'
];

/** The cell that sets the same; without changes, the one that shows what is set. */
export function codeOf(name: string, changes: Partial<Draft>): string {
  const keys = Object.keys(changes) as (keyof Draft)[];
  const { log, ...others } = settingsOf({ ...draftOf({ log: {} } as EndpointSettings), ...changes });
  const ofLog = keys
    .filter(key => LOG.includes(key))
    .map(key => [key, (log as Record<string, unknown>)[key]]);
  const rest = keys
    .filter(key => !LOG.includes(key))
    .map(key => [key, (others as Record<string, unknown>)[key]] as [string, unknown]);
  const call = [
    literal(name),
    ...rest.map(([key, value]) => `${key}=${python(value)}`),
    ...(ofLog.length ? [`log=${python(Object.fromEntries(ofLog))}`] : [])
  ].join(', ');
  const words = [...rest, ...ofLog.map(([key, value]) => [`log.${key}`, value] as [string, unknown])].map(
    ([key, value]) => `${key}=${inLine(value)}`
  );
  // What is no plain word is written in Python.
  return cell(
    [name, ...words],
    (word, ...all) => `%endpoint settings ${[word, ...all].join(' ')}`,
    `lw.serving.configure(${call})`
  );
}

/** A value in a magic's line; an empty one and a list of names that are no plain words cannot stand there. */
function inLine(value: unknown): string {
  if (Array.isArray(value)) {
    return value.length && value.every(one => /^[\w.-]+$/.test(String(one))) ? value.join(',') : '{}';
  }
  return value === null ? 'none' : String(value);
}

/** A setting's name, as its field has it. */
export function nameOf(key: keyof Draft, trans: TranslationBundle): string {
  return {
    batching: trans.__('Batching'),
    replicas: trans.__('Processes of each version'),
    deadline_seconds: trans.__('Deadline (seconds)'),
    load_seconds: trans.__('Time to load (seconds)'),
    sticky: trans.__('Sticky header'),
    network: trans.__('Network'),
    environment: trans.__('Environment'),
    inputs: trans.__('Inputs and outputs'),
    leave_out: trans.__('Leave out'),
    hashed: trans.__('Hash'),
    entity_keys: trans.__('Entity keys'),
    retention_days: trans.__('Keep for (days)'),
    max_mb: trans.__('Size limit (MB)'),
    fsync: trans.__('Wait for the disk')
  }[key];
}
