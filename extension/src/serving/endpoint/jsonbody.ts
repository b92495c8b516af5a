import type { TranslationBundle } from '@jupyterlab/translation';

import type { Schemas } from '../../api/request';
import type { Endpoint } from '../api';
import type { Column } from './api';

const FORMS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'];

/** A tensor of a signature: NumPy's type, and the size of each axis; -1 is any. */
interface ITensor {
  type: string;
  shape: number[];
}

/** The tensor that a column of a signature is; null where it is none. */
export function tensorOf(column: Column | undefined): ITensor | null {
  const [, type, sizes] = /^tensor of (\w+) \[([-\d, ]*)\]$/.exec(column?.type ?? '') ?? [];
  return type ? { type, shape: sizes.split(',').filter(Boolean).map(Number) } : null;
}

/** Whether the model is asked with a form of fields; else with JSON. */
export function hasForm({ signature }: Endpoint): boolean {
  const inputs = signature?.inputs ?? [];
  return inputs.length > 0 && !inputs.some(column => tensorOf(column));
}

/** What the JSON editor begins with: the input example, or zeros of the right shape. */
export function beginning({ signature, input_example }: Endpoint): string {
  const inputs = signature?.inputs ?? [];
  const tensors = inputs.map(tensorOf);
  if (inputs.length === 1 && tensors[0]) {
    const example = input_example?.[inputs[0].name] ?? zeros(tensors[0].shape.slice(1), tensors[0].type);
    return pretty({ inputs: [example] });
  }
  if (inputs.length) {
    const row = inputs.map((column, place) => [
      column.name,
      input_example?.[column.name] ??
        (tensors[place] ? zeros(tensors[place]!.shape.slice(1), tensors[place]!.type) : null)
    ]);
    return pretty({ dataframe_records: [Object.fromEntries(row) as Record<string, unknown>] });
  }
  return pretty({ dataframe_records: [input_example ?? { column: 0 }] });
}

/** What the model takes, in words. */
export function expected({ signature }: Endpoint, trans: TranslationBundle): string {
  const inputs = signature?.inputs ?? [];
  const tensor = tensorOf(inputs[0]);
  if (inputs.length === 1 && tensor) {
    const [first, ...rest] = tensor.shape;
    const many =
      first === -1 ? trans.__('as many items as you like') : trans._n('%1 item', '%1 items', first);
    const size = rest.map(one => (one === -1 ? trans.__('any') : String(one))).join(' × ');
    return rest.length
      ? trans.__('{"inputs": …}: a list of %1, each %2 numbers (%3).', many, size, tensor.type)
      : trans.__('{"inputs": …}: a list of %1, each a number (%2).', many, tensor.type);
  }
  if (inputs.length) {
    const named = inputs.map(column => `${column.name}: ${column.type}`).join('; ');
    return trans.__('{"dataframe_records": […]}: a list of objects with %1.', named);
  }
  return trans.__(
    'The model was logged without a signature, so nobody knows its columns: put yours into the object, or send {"inputs": […]} for a tensor.'
  );
}

/** The body to send, or what is wrong with the text in one line. */
export function readBody(
  text: string,
  { signature }: Endpoint,
  trans: TranslationBundle
): { body: Record<string, unknown> } | { problem: string } {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    return { problem: trans.__('This is not JSON: %1', error instanceof Error ? error.message : '') };
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    return { problem: trans.__('Send an object with one of: %1.', FORMS.join(', ')) };
  }
  const body = found as Record<string, unknown>;
  const names = Object.keys(body).filter(name => name !== 'params');
  if (names.length !== 1 || !FORMS.includes(names[0])) {
    return { problem: trans.__('Send an object with one of: %1.', FORMS.join(', ')) };
  }
  const tensor = signature?.inputs.length === 1 ? tensorOf(signature.inputs[0]) : null;
  if (tensor && (names[0] === 'inputs' || names[0] === 'instances')) {
    const problem = misfit(body[names[0]], tensor.shape, trans);
    return problem ? { problem } : { body };
  }
  return { body };
}

/** The first place where lists are not as long as the shape says, in words; empty when they all are. */
function misfit(value: unknown, shape: number[], trans: TranslationBundle, where = 'inputs'): string {
  if (!shape.length) {
    return Array.isArray(value) ? trans.__('%1 is a list; it takes a single value.', where) : '';
  }
  if (!Array.isArray(value)) {
    return trans.__('%1 takes a list.', where);
  }
  if (shape[0] !== -1 && value.length !== shape[0]) {
    return trans.__('%1 has %2 values; it takes %3.', where, value.length, shape[0]);
  }
  for (const [place, item] of value.entries()) {
    const problem = misfit(item, shape.slice(1), trans, `${where}[${place}]`);
    if (problem) {
      return problem;
    }
  }
  return '';
}

function zeros(shape: number[], type: string): unknown {
  const [size, ...rest] = shape;
  if (size === undefined) {
    return type === 'bool' ? false : 0;
  }
  return Array.from({ length: size === -1 ? 1 : size }, () => zeros(rest, type));
}

/** JSON on lines, with the innermost lists each on one. */
function pretty(body: Schemas['Predict']['body']): string {
  const text = JSON.stringify(body, null, 2);
  return text.replace(
    /\[\s+([^[\]{}]*?)\s+\]/g,
    (_, items: string) => `[${items.replace(/\s*\n\s*/g, ' ')}]`
  );
}
