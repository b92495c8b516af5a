import type { IRouter, JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';

import { attempt } from '../../common/notice';
import type { IWorkbench } from '../../common/tokens';
import type { ExperimentsModel } from '../model';
import { parseLink, WORD } from './link';

const FOLLOW = 'labwright:follow-link';

/** Open what a link names, once the page stands; the address then is as it was without it. */
export function followLinks(
  app: JupyterFrontEnd,
  router: IRouter,
  workbench: IWorkbench,
  experiments: ExperimentsModel,
  open: (args: { experiment: string; name: string }) => void
): void {
  const { trans } = workbench;
  app.commands.addCommand(FOLLOW, {
    label: trans.__('Follow a Link of Labwright'),
    describedBy: {
      args: { type: 'object', properties: { path: { type: 'string' }, search: { type: 'string' } } }
    },
    execute: async args => {
      const words = new URLSearchParams(String(args.search ?? ''));
      const linked = parseLink(words.get(WORD) ?? '');
      words.delete(WORD);
      router.navigate(`${String(args.path ?? '/lab')}${words.size ? `?${words}` : ''}`, {
        skipRouting: true
      });
      await app.restored;
      if (!linked) {
        Notification.warning(trans.__('This link of Labwright is damaged. Ask for it again.'), {
          autoClose: 8000
        });
        return;
      }
      await attempt(async () => {
        const found = (await experiments.experiments()).find(one => one.experiment_id === linked.experiment);
        if (!found) {
          Notification.warning(trans.__('The experiment of this link is not here.'), { autoClose: 8000 });
          return;
        }
        experiments.tableOf(linked.experiment).showLinked(linked.view);
        open({ experiment: linked.experiment, name: found.name });
      });
    }
  });
  router.register({ command: FOLLOW, pattern: new RegExp(`[?&]${WORD}=`), rank: 100 });
}
