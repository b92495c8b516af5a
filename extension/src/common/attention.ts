/**
 * Begin to see whether the person goes on to something else; the returned function says whether they did. What takes
 * seconds and then shows a result must not take them away from where they are by then.
 */
export function watchAttention(): () => boolean {
  let elsewhere = false;
  const note = (): void => {
    elsewhere = true;
    stop();
  };
  const stop = (): void => {
    document.removeEventListener('pointerdown', note, true);
    document.removeEventListener('keydown', note, true);
  };
  document.addEventListener('pointerdown', note, true);
  document.addEventListener('keydown', note, true);
  return () => {
    stop();
    return elsewhere;
  };
}
