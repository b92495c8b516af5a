// The first as base.css has them; they read on light and on dark.
const FIRST = ['#4e88c7', '#e08214', '#3fa277', '#b667b8', '#c9504a', '#8a8f2f', '#3aa3b0', '#8c8c8c'];
const GOLDEN_ANGLE = 137.508;
// Viridis without its darkest and lightest ends, which vanish on one theme or the other.
const SCALE = [
  [72, 63, 142],
  [49, 104, 142],
  [33, 145, 140],
  [53, 183, 121],
  [144, 200, 60],
  [222, 190, 30]
];

/** The colour of the nth run; as many as wanted, neighbours far apart. */
export function colourOf(index: number): string {
  if (index < FIRST.length) {
    return FIRST[index];
  }
  const hue = (index * GOLDEN_ANGLE) % 360;
  return `hsl(${hue.toFixed(0)} ${index % 2 ? 45 : 60}% ${index % 3 === 0 ? 58 : 48}%)`;
}

/** A colour for a share from 0 to 1. */
export function shade(share: number): string {
  const place = Math.min(Math.max(share, 0), 1) * (SCALE.length - 1);
  const low = Math.min(Math.floor(place), SCALE.length - 2);
  const mixed = SCALE[low].map((one, i) => Math.round(one + (SCALE[low + 1][i] - one) * (place - low)));
  return `rgb(${mixed.join(',')})`;
}
