import { checkIcon, type LabIcon } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

/** An entry of a menu; null is a line between two. */
export type Entry = {
  label: string;
  onClick: () => unknown;
  icon?: LabIcon;
  /** Why it cannot be chosen; it is shown in its place. */
  unavailable?: string;
  /** One of several that can be on. */
  on?: boolean;
} | null;

/** Open a menu as JupyterLab has them. Labels are shown as they are, whatever stands in them. */
export function openMenu(entries: Entry[], x: number, y: number): void {
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  menu.addClass('lw-Menu');
  entries.forEach((entry, place) => {
    if (!entry) {
      menu.addItem({ type: 'separator' });
      return;
    }
    const command = `labwright-menu:${place}`;
    commands.addCommand(command, {
      label: entry.unavailable ? `${entry.label} (${entry.unavailable})` : entry.label,
      icon: (entry.on ? checkIcon : entry.icon)?.bindprops({ stylesheet: 'menuItem' }),
      isEnabled: () => !entry.unavailable,
      isToggleable: entry.on !== undefined,
      isToggled: () => entry.on === true,
      execute: () => void entry.onClick()
    });
    menu.addItem({ command });
  });
  // A menu closes before its command is carried out.
  menu.aboutToClose.connect(() => void setTimeout(() => menu.dispose(), 1000));
  menu.open(x, y);
}

/** Open a menu below the element. */
export function openMenuBelow(entries: Entry[], element: Element): void {
  const box = element.getBoundingClientRect();
  openMenu(entries, box.left, box.bottom);
}
