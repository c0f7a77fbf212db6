// Keeps the events that came until somebody asks for them, and those who ask until one comes.

/** The events of one client. */
export class Inbox {
  readonly #arrived = new Map<string, unknown[][]>();
  readonly #waiting = new Map<string, ((args: unknown[]) => void)[]>();

  /** Takes an event that has come. */
  put(event: string, args: unknown[]): void {
    const waiting = this.#waiting.get(event)?.shift();
    if (waiting) waiting(args);
    else this.#of(event).push(args);
  }

  /** Gives the first event of that name, now or when it comes. */
  next(event: string): Promise<unknown[]> {
    const args = this.#of(event).shift();
    if (args) return Promise.resolve(args);
    return new Promise((resolve) => {
      this.#waiting.set(event, [...(this.#waiting.get(event) ?? []), resolve]);
    });
  }

  /** Gives all events of that name that nobody has taken. */
  arrived(event: string): unknown[][] {
    return this.#of(event).splice(0);
  }

  #of(event: string): unknown[][] {
    const arrived = this.#arrived.get(event) ?? [];
    this.#arrived.set(event, arrived);
    return arrived;
  }
}
