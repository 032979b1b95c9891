/** What arrives at any time, read in turn. */
export class Inbox<T> implements AsyncIterable<T> {
  private readonly arrived: T[] = [];
  private wake = () => {};
  private over = false;
  private problem: unknown = null;

  put(one: T): void {
    this.arrived.push(one);
    this.wake();
  }

  /** Nothing more comes; with a `problem`, reading rejects with it once all is read. */
  end(problem: unknown = null): void {
    if (this.over) return;
    this.over = true;
    this.problem = problem;
    this.wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    while (true) {
      while (this.arrived.length) yield this.arrived.shift()!;
      if (this.over) break;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    if (this.problem) throw this.problem;
  }
}
