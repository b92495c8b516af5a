import type { IRunningSessions } from '@jupyterlab/running';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import { Token, type ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ReactElement } from 'react';

import type { Api } from '../api/request';
import type { IResourceOptions, Resource } from './resource';
import type { Store } from './store';

/** A button in a section's header. */
export interface ISectionButton {
  label: string;
  icon: LabIcon;
  onClick: () => void;
}

/** A capability's section in the side bar. */
export interface ISection {
  /** The capability's word. */
  id: string;
  title: string;
  /** Order from top to bottom. */
  rank: number;
  body: ReactElement;
  buttons?: ISectionButton[];
}

/** A kind of main-area tab. Each tab is named by the arguments it was opened with, and comes back after a reload. */
export interface ITabKind<A extends ReadonlyPartialJSONObject> {
  /** Such as `runs`; the command that opens one is `labwright:open-runs`. */
  id: string;
  icon: LabIcon;
  /** The same name means the same tab. */
  name: (args: A) => string;
  title: (args: A) => string;
  body: (args: A) => ReactElement;
}

/** What a capability has running, for JupyterLab's Running panel. */
export interface IRunning {
  list: (background: boolean) => Promise<IRunningSessions.IRunningItem[]>;
  stopAll: () => Promise<unknown>;
}

/** What the page gives to a capability. */
export interface IWorkbench {
  readonly api: Api;
  readonly trans: TranslationBundle;
  /**
   * Something of the service that is kept fresh while somebody looks at it; `capabilities` names whose events matter.
   * `poll: false` is for what is asked by POST, which would count as a person's activity; `seconds` is for what moves
   * faster than the person's setting looks.
   */
  resource<T>(
    capabilities: string[],
    load: IResourceOptions<T>['load'],
    options?: { poll: boolean; seconds?: number }
  ): Resource<T>;
  addSection(section: ISection): void;
  /** Bring a section of the side bar to the front. */
  showSection(id: string): void;
  /** Whether the person has turned to Labwright in this page; before, nothing outside its side bar asks for anything. */
  readonly used: Store<boolean>;
  addRunning(capability: string, kind: IRunning): void;
  /** Register a kind of tab; the returned function opens one, behind the others where `behind` is said. */
  addTab<A extends ReadonlyPartialJSONObject>(
    kind: ITabKind<A>
  ): (args: A, options?: { behind: boolean }) => void;
  /** Put code into a new cell of the notebook used last, or else on the clipboard. */
  copyAsCell(code: string): Promise<void>;
  /** A setting of Labwright, such as `defaultWorkers`. */
  setting<T>(name: string, otherwise: T): T;
}

/** The page's workbench: side bar, tabs, the line to the service. */
export const IWorkbench = new Token<IWorkbench>(
  'labwright:IWorkbench',
  'The side bar, the tabs and the line to the service that the capabilities of Labwright share.'
);
