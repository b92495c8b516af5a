import { LabIcon } from '@jupyterlab/ui-components';

/** Two curves, the later one moved to the right. */
export const driftIcon = new LabIcon({
  name: 'labwright:drift',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24" fill="none" stroke-linecap="round" stroke-linejoin="round"><path class="jp-icon3 jp-icon-selectable-inverse" stroke="#616161" stroke-width="2" d="M2.5 18.5c4 0 3.500-12 6-12s2 12 6 12M9.500 18.500c4 0 3.500-8 6-8s2 8 6 8"/></svg>'
});
