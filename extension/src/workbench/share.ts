/**
 * Divide a height among sections: each gets what it wants where there is room, the last also what is left over.
 * Where there is not, the large ones share what the small ones leave.
 */
export function share(wanted: number[], room: number): number[] {
  const given = wanted.map(() => 0);
  const bySize = wanted.map((_, place) => place).sort((a, b) => wanted[a] - wanted[b]);
  let left = room;
  bySize.forEach((place, turn) => {
    given[place] = Math.min(wanted[place], left / (bySize.length - turn));
    left -= given[place];
  });
  given[given.length - 1] += left;
  return given;
}
