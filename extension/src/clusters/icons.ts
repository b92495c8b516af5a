import { LabIcon } from '@jupyterlab/ui-components';

/** The other half of `addIcon`: one less. */
export const minusIcon = new LabIcon({
  name: 'labwright:minus',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" d="M19 13H5v-2h14v2z"/></svg>'
});

/** One that gives work to three. */
export const clusterIcon = new LabIcon({
  name: 'labwright:cluster',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24" fill="none" stroke-linecap="round" stroke-linejoin="round"><path class="jp-icon3 jp-icon-selectable-inverse" stroke="#616161" stroke-width="2" d="M9.5 3.5h5v5h-5zM12 8.5v7M5 15.5v-3h14v3M3 15.5h4v4H3zM10 15.5h4v4h-4zM17 15.5h4v4h-4z"/></svg>'
});
