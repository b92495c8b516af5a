/** Follow a pressed pointer until it is let go, also outside of the element; Escape gives up. */
export function follow(
  element: HTMLElement,
  pointer: number,
  on: {
    move: (event: PointerEvent) => void;
    end: (event: PointerEvent | MouseEvent, cancelled: boolean) => void;
  }
): void {
  const stop = new AbortController();
  const { signal } = stop;
  element.setPointerCapture(pointer);
  let last: PointerEvent | MouseEvent = new MouseEvent('click');
  const end = (cancelled: boolean): void => {
    stop.abort();
    on.end(last, cancelled);
  };
  element.addEventListener(
    'pointermove',
    event => {
      last = event;
      on.move(event);
    },
    { signal }
  );
  element.addEventListener(
    'pointerup',
    event => {
      last = event;
      end(false);
    },
    { signal }
  );
  element.addEventListener('pointercancel', () => end(true), { signal });
  document.addEventListener(
    'keydown',
    event => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        end(true);
      }
    },
    { signal, capture: true }
  );
}

/** The column before which something at this place would land; null for the end. */
export function columnAt(row: Element, x: number): string | null {
  const cells = [...row.querySelectorAll<HTMLElement>('[data-key]')];
  const next = cells.find(cell => {
    const box = cell.getBoundingClientRect();
    return x < box.left + box.width / 2;
  });
  return next?.dataset.key ?? null;
}
