// Steady believes a sign only once it has stood for a while, so that a moment's
// trouble is not told as trouble, nor a moment's luck as the end of it.

export class Steady {
  private since: number | undefined;
  private believed = false;

  /** on and off are how many ms a sign must stand to be believed, and how long it must be gone. */
  constructor(
    private readonly on: number,
    private readonly off: number,
  ) {}

  get is(): boolean {
    return this.believed;
  }

  /** see takes the sign as it is now, and says what is believed. */
  see(sign: boolean, now: number): boolean {
    if (sign === this.believed) {
      this.since = undefined;
      return this.believed;
    }
    this.since ??= now;
    if (now - this.since >= (sign ? this.on : this.off)) {
      this.believed = sign;
      this.since = undefined;
    }
    return this.believed;
  }
}
