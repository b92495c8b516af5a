import { LabIcon } from '@jupyterlab/ui-components';

/** A label on a string. */
export const registerIcon = new LabIcon({
  name: 'labwright:register',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24" fill="none" stroke-linecap="round" stroke-linejoin="round"><path class="jp-icon3 jp-icon-selectable-inverse" stroke="#616161" stroke-width="2" d="M3.5 3.5h8l9 9-8 8-9-9zM8 8h.01"/></svg>'
});
