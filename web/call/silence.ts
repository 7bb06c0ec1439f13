// Silence tells a call that has gone quiet from one in which nobody speaks. The
// browser sees its paths alive and is content; a family sees a frozen face.

import type { Totals } from "./quality.ts";

/** Remedy is what to do about it: nothing, new paths, or a new connection. */
export type Remedy = "" | "restart" | "renew";

/**
 * Even of a room where nobody speaks something always comes, if only its reports:
 * two seconds of nothing at all are not chance. New paths disturb nobody, so they
 * are asked for early, before the browser itself finds out.
 */
const patience = 2000;

/** Sound alone may rest for a while, on a network that loses much of what little there is. */
const soundPatience = 4000;

/** The first of it may take its time to come, on a network that is slow. */
const firstPatience = 8000;

/** New paths carry sound within this, or not at all. */
const restartPatience = 5000;

/** When even a new connection brings nothing, the fault lies elsewhere, and others may be disturbed by our mending. */
const truce = 60_000;

export class Silence {
  private bytes = -1;
  private since: number | undefined;
  private life = -1;
  private lifeless: number | undefined;
  private tried: Remedy = "";
  private triedAt = Number.NEGATIVE_INFINITY;

  /** isBad reports whether media that ought to be coming has stopped. */
  get isBad(): boolean {
    return this.tried !== "";
  }

  /** heard takes the latest count of sound and picture, and that of everything that has come, and says what to do. */
  heard(counted: Pick<Totals, "bytes">, life: number, expected: boolean, now: number): Remedy {
    this.lifeless = life === this.life ? (this.lifeless ?? now) : undefined;
    this.life = life;
    const flows = counted.bytes !== this.bytes && counted.bytes > 0;
    this.bytes = counted.bytes;
    if (flows || !expected) {
      if (flows) {
        this.triedAt = Number.NEGATIVE_INFINITY; // whatever was tried has helped, or was not needed
      }
      this.since = undefined;
      this.tried = "";
      return "";
    }
    this.since ??= now;
    if (this.tried === "restart" && now - this.triedAt >= restartPatience) {
      return this.try("renew", now);
    }
    const dead = this.lifeless !== undefined && now - this.lifeless >= patience;
    const silent = now - this.since >= (counted.bytes === 0 ? firstPatience : dead ? patience : soundPatience);
    if (this.tried !== "restart" && silent && now - this.triedAt >= truce) {
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
