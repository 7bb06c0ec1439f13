// Strain tells how much less a tired machine should be asked for. An old iPad
// grows hot in the second half of an hour: it is better to send or to show a
// smaller picture for the rest of the visit than to stutter.

/** Ease is how much has been taken off: nothing, some, or all that can be. */
export type Ease = 0 | 1 | 2;

/** A burst of work, such as a page being drawn, is over by then; a machine that is too slow is not. */
const weary = 6000;

/** How long a machine must be at ease before it is asked for more, the first time. */
const rested = 60_000;

/** If it tires again it was asked too soon, and the next rest is twice as long, up to this. */
const longestRest = 480_000;

export class Strain {
  private level: Ease = 0;
  private rest = rested;
  private tiredSince: number | undefined;
  private wellSince: number | undefined;

  get ease(): Ease {
    return this.level;
  }

  /** look takes whether the machine cannot keep up now, and says how much to take off. */
  look(tired: boolean, now: number): Ease {
    if (tired) {
      this.wellSince = undefined;
      this.tiredSince ??= now;
      if (this.level < 2 && now - this.tiredSince >= weary) {
        this.level = (this.level + 1) as Ease;
        this.tiredSince = now;
      }
      return this.level;
    }
    this.tiredSince = undefined;
    if (this.level === 0) {
      return 0;
    }
    this.wellSince ??= now;
    if (now - this.wellSince >= this.rest) {
      this.level = (this.level - 1) as Ease;
      this.rest = Math.min(2 * this.rest, longestRest);
      this.wellSince = now;
    }
    return this.level;
  }
}
