/** A text as a literal of Python: JSON's strings are strings of Python too. */
export function literal(text: string): string {
  return JSON.stringify(text);
}

/** A word of a magic's line, quoted for the shell-like splitting where it needs it. */
export function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, `'"'"'`)}'`;
}
