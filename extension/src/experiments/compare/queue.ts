/** A few at a time: a browser has six connections to a host, and others need some. */
export class Queue {
  constructor(private free: number) {}

  /** Run when it is this one's turn; one that nobody waits for any more is passed over. */
  async run<T>(work: () => Promise<T>, gone: AbortSignal): Promise<T> {
    if (this.free > 0) {
      this.free -= 1;
    } else {
      await new Promise<void>(resolve => this.waiting.push(resolve));
    }
    try {
      gone.throwIfAborted();
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) {
        next();
      } else {
        this.free += 1;
      }
    }
  }

  private readonly waiting: (() => void)[] = [];
}
