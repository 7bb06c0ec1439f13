// Absence finds the pictures and sounds that should be here and are not: the
// camera says on, the paths say well, and the tile shows a face that stopped five
// seconds ago. Neither the browser nor the server sees that by itself.

import type { Reception } from "./reading.ts";

/** Expected is what somebody's tile should give now. */
export interface Expected {
  readonly slot: number;
  readonly seat: string;
  /** The mids of its sound and picture; "" if nothing is expected of it now. */
  readonly audio: string;
  readonly video: string;
  /** Their own connection is lost: that nothing comes of them is no fault between the room and us. */
  readonly lost: boolean;
}

/** Missing is the slots of which nothing comes. */
export interface Missing {
  readonly dark: readonly number[];
  readonly deaf: readonly number[];
}

/** A picture that stood still for this long is not one. Sound that rests is still told of twice a second. */
const patience = 5000;

/** Watch is one picture or sound that is expected. */
interface Watch {
  seat: string;
  count: number;
  since: number;
}

export class Absence {
  private watches = new Map<string, Watch>();

  /** look takes what should come and what has come, and the slots whose pictures are wholly black. */
  look(expected: readonly Expected[], got: ReadonlyMap<string, Reception>, black: readonly number[], now: number): Missing {
    const kept = new Map<string, Watch>();
    const stands = (mid: string, seat: string, count: number) => {
      const was = this.watches.get(mid);
      const same = was !== undefined && was.seat === seat && was.count === count;
      const watch = same ? was : { seat, count, since: now };
      kept.set(mid, watch);
      return now - watch.since >= patience;
    };
    const dark: number[] = [];
    const deaf: number[] = [];
    for (const { slot, seat, audio, video } of expected) {
      if (video !== "" && (stands(video, seat, got.get(video)?.framesDecoded ?? 0) || black.includes(slot))) {
        dark.push(slot);
      }
      if (audio !== "" && stands(audio, seat, got.get(audio)?.packets ?? 0)) {
        deaf.push(slot);
      }
    }
    this.watches = kept;
    return { dark, deaf };
  }
}
