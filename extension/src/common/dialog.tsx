import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import React, {
  useEffect,
  useId,
  useRef,
  useState,
  type FormEvent,
  type ReactElement,
  type ReactNode
} from 'react';

import { asRequestError } from './resource';

interface IFormProps<T> {
  value: T;
  /** Change some of the values. */
  change: (some: Partial<T>) => void;
}

interface IAskOptions<T> {
  trans: TranslationBundle;
  title: string;
  /** The word on the button that does it. */
  accept: string;
  value: T;
  fields: (props: IFormProps<T>) => ReactElement;
  /** Does what was asked for; what it throws is said in the dialog, which comes back with its values. */
  submit: (value: T) => Promise<unknown>;
  /** Hands out the cell that does the same, instead of doing it. */
  copy?: (value: T) => Promise<void>;
}

/** Ask with a form until it is done or given up; gives whether it was done. */
export async function ask<T extends object>(options: IAskOptions<T>): Promise<boolean> {
  const { trans, title, accept, fields, submit, copy } = options;
  let { value } = options;
  let refused = '';
  for (;;) {
    const body = new Form(value, refused, fields);
    const result = await showDialog({
      title,
      body,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        ...(copy ? [cellButton(trans)] : []),
        Dialog.okButton({ label: accept })
      ],
      focusNodeSelector: 'input, select'
    });
    if (!result.button.accept || !result.value) {
      return false;
    }
    value = result.value;
    try {
      if (copy && result.button.actions.includes('cell')) {
        await copy(value);
        return false;
      }
      await submit(value);
      return true;
    } catch (error) {
      refused = asRequestError(error).detail;
    }
  }
}

/** Ask before something that cannot be taken back; `copy` hands out the cell that does the same. */
export async function confirm(
  trans: TranslationBundle,
  title: string,
  words: string,
  accept: string,
  copy?: () => Promise<void>
): Promise<boolean> {
  const result = await showDialog({
    title,
    body: words,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      ...(copy ? [cellButton(trans)] : []),
      Dialog.warnButton({ label: accept })
    ],
    defaultButton: 0
  });
  if (result.button.actions.includes('cell')) {
    await copy?.();
    return false;
  }
  return result.button.accept;
}

/** The dialog's button "Copy as cell"; its result has the action `cell`. */
export function cellButton(trans: TranslationBundle): Dialog.IButton {
  return Dialog.createButton({
    label: trans.__('Copy as cell'),
    className: 'lw-mod-secondary',
    actions: ['cell'],
    accept: true
  });
}

class Form<T extends object> extends ReactWidget implements Dialog.IBodyWidget<T> {
  constructor(
    private value: T,
    private readonly refused: string,
    private readonly fields: (props: IFormProps<T>) => ReactElement
  ) {
    super();
    this.addClass('lw-Form');
  }

  getValue(): T {
    return this.value;
  }

  protected render(): ReactElement {
    return (
      <>
        {this.refused ? (
          <p className="lw-Form-error" role="alert">
            {this.refused}
          </p>
        ) : null}
        <Fields initial={this.value} fields={this.fields} keep={value => (this.value = value)} />
      </>
    );
  }
}

interface IFieldsProps<T> {
  initial: T;
  fields: (props: IFormProps<T>) => ReactElement;
  keep: (value: T) => void;
}

function Fields<T extends object>({ initial, fields, keep }: IFieldsProps<T>): ReactElement {
  const [value, setValue] = useState(initial);
  const change = (some: Partial<T>): void => {
    const next = { ...value, ...some };
    keep(next);
    setValue(next);
  };
  return fields({ value, change });
}

interface IFieldProps {
  label: string;
  /** What may stand in it. */
  hint?: ReactNode;
  children: ReactNode;
}

/** A field of a form with its label, and a line below: what may stand in it, or what is wrong with what stands in it. */
export function Field({ label, hint, children }: IFieldProps): ReactElement {
  const [refused, setRefused] = useState({ words: '', byPattern: false });
  const line = useId();
  const box = useRef<HTMLDivElement>(null);
  const check = (field: HTMLInputElement): void => {
    field.setAttribute('aria-invalid', String(!field.validity.valid));
    field.setAttribute('aria-describedby', line);
    setRefused({ words: field.validationMessage, byPattern: field.validity.patternMismatch });
  };
  const typed = ({ target }: FormEvent): void => check(target as HTMLInputElement);
  // What was wrong may be put right without a key, as when changes are taken back.
  useEffect(() => {
    const field = box.current?.querySelector<HTMLInputElement>('[aria-invalid="true"]');
    if (field?.validity.valid) {
      check(field);
    }
  });
  // The browser cannot say what a pattern asks for; the hint does, which follows what is typed.
  const wrong = refused.byPattern && typeof hint === 'string' ? hint : refused.words;
  return (
    <div ref={box} className="lw-Field" onInput={typed} onBlur={typed}>
      <label>
        {label}
        {children}
      </label>
      <span id={line} className={wrong ? 'lw-Form-error' : 'lw-Form-hint lw-quiet'} aria-live="polite">
        {wrong || hint}
      </span>
    </div>
  );
}
