// Silence tells a call that has gone quiet from one in which nobody speaks. The
// browser sees its paths alive and is content; a family sees a frozen face.

import type { Totals } from "./quality.ts";

/** Remedy is what to do about it: nothing, new paths, or a new connection. */
export type Remedy = "" | "restart" | "renew";

/**
 * Sound flows even from a quiet room: two seconds of nothing at all are not chance.
 * New paths disturb nobody, so they are asked for early: whoever has walked out of
 * the Wi-Fi has their visit back before the browser itself finds out.
 */
const patience = 2000;

/** The first of it may take its time to come, on a network that is slow. */
const firstPatience = 8000;

/** New paths carry sound within this, or not at all. */
const restartPatience = 5000;

/** When even a new connection brings nothing, the fault lies elsewhere, and others may be disturbed by our mending. */
const truce = 60_000;

export class Silence {
  private bytes = -1;
  private since: number | undefined;
  private tried: Remedy = "";
  private triedAt = Number.NEGATIVE_INFINITY;

  /** isBad reports whether media that ought to be coming has stopped. */
  get isBad(): boolean {
    return this.tried !== "";
  }

  /** heard takes the latest count, and says what to do. */
  heard(counted: Totals, expected: boolean, now: number): Remedy {
    const flows = counted.bytes !== this.bytes && counted.bytes > 0;
    this.bytes = counted.bytes;
    if (flows || !expected) {
      this.since = undefined;
      this.tried = "";
      return "";
    }
    this.since ??= now;
    if (this.tried === "restart" && now - this.triedAt >= restartPatience) {
      return this.try("renew", now);
    }
    if (this.tried !== "restart" && now - this.since >= (counted.bytes > 0 ? patience : firstPatience) && now - this.triedAt >= truce) {
      return this.try("restart", now);
    }
    return "";
  }

  private try(remedy: Remedy, now: number): Remedy {
    this.tried = remedy;
    this.triedAt = now;
    return remedy;
  }
}
