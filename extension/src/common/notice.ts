import { Notification } from '@jupyterlab/apputils';

import { asRequestError } from './resource';

/** Do what was clicked; when it fails, say why in a notice. Gives whether it was done. */
export async function attempt(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    Notification.error(asRequestError(error).detail, { autoClose: 8000 });
    return false;
  }
}

/** Say that something was done, with a button for what may come next. */
export function say(words: string, next?: [label: string, callback: () => void]): void {
  Notification.success(words, {
    autoClose: next ? 10000 : 4000,
    actions: next ? [{ label: next[0], callback: next[1] }] : []
  });
}
