import type { TranslationBundle } from '@jupyterlab/translation';

import type { Column } from './api';

/** What is typed into the form, by column. */
export type Values = Record<string, string>;

interface IField {
  type: 'number' | 'text' | 'check' | 'choice' | 'datetime-local' | 'json';
  step?: 'any' | 1;
  placeholder?: string;
}

const LOCAL = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?)?$/;
const REAL = ['double', 'float'];
const WHOLE = ['integer', 'long'];

/** The field that suits a column of a signature. */
export function fieldFor(column: Column, text = ''): IField {
  if (REAL.includes(column.type)) {
    return { type: 'number', step: 'any' };
  }
  if (WHOLE.includes(column.type)) {
    return { type: 'number', step: 1 };
  }
  if (column.type === 'boolean') {
    return { type: column.required ? 'check' : 'choice' };
  }
  if (column.type === 'datetime') {
    // The browser's own field holds no fraction below a millisecond and no time zone; an example with either is text.
    return LOCAL.test(text)
      ? { type: 'datetime-local', step: 1 }
      : { type: 'text', placeholder: '2013-07-01T12:00:00' };
  }
  return column.type === 'string' ? { type: 'text' } : { type: 'json' };
}

/** A value of the input example as the field's text. */
export function textOf(column: Column, value: unknown): string {
  const { type } = fieldFor(column);
  if (value === null || value === undefined) {
    return type === 'check' ? 'false' : '';
  }
  if (column.type === 'datetime') {
    return String(value).replace(' ', 'T');
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The field's text as the value that is sent. What is empty is null: the endpoint says where it needs a value. */
export function valueOf(column: Column, text: string): unknown {
  const { type } = fieldFor(column);
  if (text === '' && (type !== 'text' || !column.required)) {
    return null;
  }
  switch (type) {
    case 'number':
      return isTooLong(column, text) ? BigInt(text) : Number(text);
    case 'check':
    case 'choice':
      return text === 'true';
    case 'json':
      try {
        return JSON.parse(text);
      } catch {
        return text;
      }
    default:
      return text;
  }
}

/** What is wrong with the field's text, which the browser itself would let pass; else empty. */
export function problemOf(column: Column, text: string, trans: TranslationBundle): string {
  if (fieldFor(column).type === 'json' && text !== '') {
    try {
      JSON.parse(text);
    } catch {
      return trans.__('This is not JSON; such as [1.5, 2] for a list.');
    }
  }
  return isTooLong(column, text)
    ? trans.__(
        'A whole number beyond ±%1 would be rounded on its way; copy it as a cell, which sends it as it is.',
        Number.MAX_SAFE_INTEGER
      )
    : '';
}

function isTooLong(column: Column, text: string): boolean {
  return WHOLE.includes(column.type) && /^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text));
}
