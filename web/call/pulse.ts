// Pulse is whether the room's socket still lives: asked now and then, and at once
// when something speaks against it. A browser finds out by itself only after a
// quarter of an hour.

import type { Clock } from "./clock.ts";

/** The server hears of a lost phone within 12 s; a page should know no later. */
const askEvery = 4000;
const patience = 5000;

/** A socket that is doubted has this long to answer. */
const doubtedPatience = 2000;

/** A socket that has just answered is trusted for this long. */
const trust = 1000;

/** An answer that takes three times as long as the last is late; on a good network, later than this. */
const lateLeast = 400;
const lateMost = 1500;

/** Body is what has the pulse. */
export interface Body {
  ask(n: number): void;
  /** late tells that a doubted socket does not answer as it did: look about for another. */
  late(): void;
  /** dead tells that it has not answered at all. */
  dead(): void;
}

export class Pulse {
  private n = 0;
  private asked: number | undefined;
  private answered = Number.NEGATIVE_INFINITY;
  private lasts = 0;
  private doubted = false;
  private timers: { [name in "next" | "late" | "dead"]?: () => void } = {};

  constructor(
    private readonly clock: Clock,
    private readonly body: Body,
  ) {}

  /** trip is how long the last answer took, in ms. */
  get trip(): number {
    return this.lasts;
  }

  /** isDoubted reports whether the socket is doubted, and has not answered yet. */
  get isDoubted(): boolean {
    return this.doubted;
  }

  /** isTrusted reports whether it has answered just now. */
  get isTrusted(): boolean {
    return this.clock.now() - this.answered < trust;
  }

  /** begins tells that there is a socket, which lives now. */
  begins(): void {
    this.ends();
    this.answered = this.clock.now();
    this.wait("next", askEvery, () => this.ask(patience));
  }

  /** ends tells that there is none any more. */
  ends(): void {
    for (const cancel of Object.values(this.timers)) {
      cancel();
    }
    this.timers = {};
    this.asked = undefined;
    this.doubted = false;
  }

  /** doubt asks at once, unless that is done already. surely tells that there is more than a suspicion. */
  doubt(surely: boolean): void {
    if (this.doubted && !surely) {
      return;
    }
    if (!this.doubted) {
      this.doubted = true;
      this.asked === undefined ? this.ask(doubtedPatience) : this.wait("dead", doubtedPatience, () => this.body.dead());
    }
    const late = surely ? 0 : Math.min(lateMost, Math.max(lateLeast, 3 * this.lasts));
    this.wait("late", late, () => this.body.late());
  }

  /** answers tells of an answer, and says whether it was the one waited for. */
  answers(n: number): boolean {
    if (n !== this.n || this.asked === undefined) {
      return false;
    }
    this.lasts = this.clock.now() - this.asked;
    this.begins();
    return true;
  }

  private ask(within: number): void {
    this.asked = this.clock.now();
    this.body.ask(++this.n);
    this.wait("dead", within, () => this.body.dead());
  }

  private wait(name: "next" | "late" | "dead", ms: number, act: () => void): void {
    this.timers[name]?.();
    this.timers[name] = this.clock.after(ms, act);
  }
}
