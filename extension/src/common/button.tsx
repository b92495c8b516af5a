import { addBelowIcon, type LabIcon } from '@jupyterlab/ui-components';
import React, { useState, type ReactElement } from 'react';

import { attempt } from './notice';
import { useWorkbench } from './widget';

interface IButtonProps {
  label: string;
  /** What is clicked may take a while: the button waits for it, and a failure becomes a notice. */
  onClick: () => unknown;
  icon?: LabIcon;
  kind?: 'plain' | 'accept' | 'warn';
  disabled?: boolean;
  title?: string;
}

/** A button with words, as JupyterLab's dialogs have them. */
export function Button({
  label,
  onClick,
  icon,
  kind = 'plain',
  disabled,
  title
}: IButtonProps): ReactElement {
  const [busy, click] = useBusy(onClick);
  const style = { plain: 'jp-mod-reject', accept: 'jp-mod-accept', warn: 'jp-mod-warn' }[kind];
  return (
    <button
      type="button"
      className={`jp-mod-styled ${style} lw-Button`}
      disabled={disabled || busy}
      aria-busy={busy}
      title={title}
      onClick={click}
    >
      {icon ? <icon.react tag="span" className="lw-Button-icon" /> : null}
      {label}
    </button>
  );
}

/** A button that is an icon; its label is its tooltip and what a screen reader says. */
export function IconButton({
  label,
  onClick,
  icon,
  disabled
}: Pick<IButtonProps, 'label' | 'onClick' | 'disabled'> & { icon: LabIcon }): ReactElement {
  const [busy, click] = useBusy(onClick);
  return (
    <button
      type="button"
      className="lw-IconButton"
      title={label}
      aria-label={label}
      disabled={disabled || busy}
      onClick={click}
    >
      <icon.react tag="span" />
    </button>
  );
}

/** Puts the code that does the same into the notebook in front, or on the clipboard. */
export function CopyAsCell({ code, what }: { code: string; what?: string }): ReactElement {
  const workbench = useWorkbench();
  const label = what ? workbench.trans.__('Copy as cell: %1', what) : workbench.trans.__('Copy as cell');
  return <IconButton label={label} icon={addBelowIcon} onClick={() => workbench.copyAsCell(code)} />;
}

function useBusy(onClick: () => unknown): [boolean, () => void] {
  const [busy, setBusy] = useState(false);
  const click = async (): Promise<void> => {
    setBusy(true);
    await attempt(async () => onClick());
    setBusy(false);
  };
  return [busy, () => void click()];
}
