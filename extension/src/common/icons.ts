import { LabIcon } from '@jupyterlab/ui-components';

// `jp-icon3` takes the theme's colour of icons in the side bar, in tabs and in buttons.
const svg = (body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24" fill="none" stroke-linecap="round" stroke-linejoin="round">${body}</svg>`;

const line = (d: string): string =>
  `<path class="jp-icon3 jp-icon-selectable-inverse" stroke="#616161" stroke-width="2" d="${d}"/>`;

/** A bench with a curve that rises from it. */
export const labwrightIcon = new LabIcon({
  name: 'labwright:labwright',
  svgstr: svg(line('M3 19h18M5.5 19v2.5M18.5 19v2.5M4 14.5l5-6 4.5 3.5L20 3.5M15.5 3.5H20V8'))
});
