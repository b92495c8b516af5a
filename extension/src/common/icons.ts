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

/** Columns side by side. */
export const compareIcon = new LabIcon({
  name: 'labwright:compare',
  svgstr: svg(line('M4 20h16M7 16V9M12 16V4M17 16v-4'))
});

/** Up, onto the shelf. */
export const promoteIcon = new LabIcon({
  name: 'labwright:promote',
  svgstr: svg(line('M5 4h14M12 20V9M7 13.5l5-5 5 5'))
});

/** Something that answers: a stem with waves. */
export const endpointIcon = new LabIcon({
  name: 'labwright:endpoint',
  svgstr: svg(line('M12 13v7M8.5 20h7M8.5 9.5a4.5 4.5 0 0 1 7 0M5.5 6.5a8.8 8.8 0 0 1 13 0M12 13h.01'))
});
