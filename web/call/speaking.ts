// Speakers decides when to say aloud who is speaking. A ring round a face may
// come and go with every word; a screen reader that did so would talk over them.

import type { Clock } from "./clock.ts";

/** A word of agreement is shorter than this, and not worth a name. */
const worthNaming = 1500;

/** Between two names there is this much quiet: conversation matters more than who has it. */
const atMostEvery = 8000;

export class Speakers {
  private candidate = "";
  private since = 0;
  private named = "";
  private namedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  /**
   * heard takes the loudest who speaks now, "" for nobody, and gives the seat to
   * be named, or "". Where only one other person is here, nobody need be told who
   * it is.
   */
  heard(loudest: string, others: number): string {
    const now = this.clock.now();
    if (loudest !== this.candidate) {
      this.candidate = loudest;
      this.since = now;
    }
    const news = loudest !== "" && loudest !== this.named && others > 1;
    if (!news || now - this.since < worthNaming || now - this.namedAt < atMostEvery) {
      return "";
    }
    this.named = loudest;
    this.namedAt = now;
    return loudest;
  }
}
