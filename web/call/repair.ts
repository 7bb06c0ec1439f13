// When sound and picture stop while the room is still there, somebody must do
// something about it, and it must not be the patient. Repair decides what, and
// when: first new network paths for the same connection (an ICE restart), which
// nobody notices; if that brings nothing, a new connection into the same seat.

import type { Clock } from "./clock.ts";

/** MediaState is how the one media connection is. */
export type MediaState = "none" | "connecting" | "up" | "down" | "failed";

/** Means are the two things that can be done. */
export interface Means {
  restart(): void;
  renew(): void;
}

/** A restart that has brought nothing by then brings nothing at all. */
const restartPatience = 5000;

/** The room refuses more restarts than one in two seconds; half a second is for the way there. */
const restartInterval = 2500;

/** How long a new connection is given, the first time and after each failure: a bad network needs longer, not more load. */
const renewPatience = [10_000, 10_000, 20_000, 30_000] as const;

/** Repair watches one seat's media. */
export class Repair {
  private state: MediaState = "none";
  private seated = false;
  private renewals = 0;
  private restartedAt = Number.NEGATIVE_INFINITY;
  /** The room has heard of the last restart. */
  private heard = true;
  private cancel: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly means: Means,
  ) {}

  /** media tells of the connection's state. */
  media(state: MediaState): void {
    const was = this.state;
    this.state = state;
    if (state === "up") {
      this.renewals = 0;
      this.stopWaiting();
    } else if (was === "up" || (state === "failed" && !this.cancel)) {
      this.begin();
    }
  }

  /** welcomed tells that the room has given the seat, so that it can be asked for things. */
  welcomed(): void {
    if (!this.seated) {
      this.seated = true;
      this.begin();
    }
  }

  /**
   * resumes tells that the seat is being taken back: what is asked now is heard
   * right after, a round trip before the welcome. stale tells that nothing comes
   * by the old paths, whatever the state says.
   */
  resumes(stale: boolean): void {
    this.seated = true;
    stale && this.state === "up" ? this.restart() : this.begin();
  }

  /** answered tells that the room has answered a restart. */
  answered(): void {
    this.heard = true;
  }

  /** tooSoon tells that the room has refused one because of another shortly before. */
  tooSoon(): void {
    this.restartedAt = this.clock.now();
    this.restart();
  }

  /** parted tells that the room cannot be asked for now. Whoever brings the seat back says welcomed. */
  parted(): void {
    this.seated = false;
    if (!this.heard) {
      this.restartedAt = Number.NEGATIVE_INFINITY;
    }
    this.stopWaiting();
  }

  /** moved tells that this machine has changed networks: the path in use is probably gone, whatever the state says. */
  moved(): void {
    if (this.seated && this.state === "up") {
      this.restart();
    }
  }

  private begin(): void {
    if (!this.seated || this.state === "up" || this.state === "none") {
      return;
    }
    if (this.state === "connecting") {
      const patience = renewPatience[Math.min(this.renewals, renewPatience.length - 1)] ?? restartPatience;
      this.wait(patience, () => this.renew());
      return;
    }
    this.restart();
  }

  private restart(): void {
    const since = this.clock.now() - this.restartedAt;
    if (since < restartInterval) {
      this.wait(restartInterval - since, () => this.restart());
      return;
    }
    this.restartedAt = this.clock.now();
    this.heard = false;
    this.means.restart();
    this.wait(restartPatience, () => {
      if (this.state !== "up") {
        this.renew();
      }
    });
  }

  private renew(): void {
    this.renewals++;
    this.stopWaiting();
    this.means.renew();
  }

  private wait(ms: number, act: () => void): void {
    this.stopWaiting();
    this.cancel = this.clock.after(ms, () => {
      this.cancel = undefined;
      act();
    });
  }

  private stopWaiting(): void {
    this.cancel?.();
    this.cancel = undefined;
  }
}
