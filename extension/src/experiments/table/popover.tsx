import type { LabIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';

interface IProps {
  /** What the button says; beside an icon it is the tooltip. */
  label: string;
  icon?: LabIcon;
  title?: string;
  className?: string;
  children: (close: () => void) => ReactNode;
}

/** A button with a panel below it, which closes on Escape and on a click elsewhere. */
export function Popover({ label, icon: Icon, title, className = '', children }: IProps): ReactElement {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const close = (): void => {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  };
  useEffect(() => {
    if (!open) {
      return undefined;
    }
    const elsewhere = (event: PointerEvent): void => {
      if (!root.current?.contains(event.target as Node)) {
        setOpen(false);
      }
    };
    document.addEventListener('pointerdown', elsewhere, true);
    root.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => document.removeEventListener('pointerdown', elsewhere, true);
  }, [open]);
  return (
    <div
      ref={root}
      className={`lw-Popover ${className}`}
      onKeyDown={event => {
        if (event.key === 'Escape' && open) {
          event.stopPropagation();
          close();
        }
      }}
    >
      <button
        type="button"
        className={Icon ? 'lw-IconButton' : 'lw-Popover-button'}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={Icon ? label : undefined}
        title={title ?? (Icon ? label : undefined)}
        onClick={() => setOpen(!open)}
      >
        {Icon ? <Icon.react tag="span" /> : label}
      </button>
      {open ? (
        <div className="lw-Popover-panel" role="dialog" aria-label={label}>
          {children(close)}
        </div>
      ) : null}
    </div>
  );
}
