/** A text as a literal of Python: JSON's strings are strings of Python too. What does not print is escaped. */
export function literal(text: string): string {
  return JSON.stringify(text).replace(/(?! )[\p{C}\p{Z}]/gu, sign => {
    const hex = sign.codePointAt(0)!.toString(16);
    return hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
  });
}

/** A value of JSON as a literal of Python. */
export function python(value: unknown): string {
  if (value === null || value === undefined) {
    return 'None';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  if (typeof value === 'number') {
    const words = Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
    return Number.isFinite(value) ? String(value) : `float("${words}")`;
  }
  if (typeof value === 'bigint') {
    return String(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(python).join(', ')}]`;
  }
  if (typeof value === 'object') {
    const items = Object.entries(value).map(([key, item]) => `${literal(key)}: ${python(item)}`);
    return `{${items.join(', ')}}`;
  }
  return literal(String(value));
}

/**
 * Whether a text may stand in a magic's line. IPython evaluates {expression} and $name there before the line is split,
 * whatever the quotes; so what may stand is named here, and everything else may not.
 */
function isPlain(text: string): boolean {
  return /^[A-Za-z0-9_.:/@%+=,][A-Za-z0-9_.:/@%+=, -]*$/.test(text);
}

/** A plain word of a magic's line, quoted where it has spaces. */
export function word(text: string): string {
  if (!isPlain(text)) {
    throw new RangeError('This text cannot be written in the line of a magic.');
  }
  return text.includes(' ') ? `'${text}'` : text;
}

/** A cell: the magic's line where all texts may stand in one, else the same in Python, with the texts as literals. */
export function cell(texts: string[], line: (...words: string[]) => string, code: string): string {
  return texts.every(isPlain) ? line(...texts.map(word)) : inPython(code);
}

/** A cell of Python that uses Labwright. */
export function inPython(code: string): string {
  return `import labwright as lw\n\n${code}`;
}
