// Watch looks at a call every two seconds, as a nurse looks in: what comes and
// what does not, whether this machine keeps up, and whether what it sends is
// held up on the way.

import { Absence, type Expected, type Missing } from "./absence.ts";
import { arrived } from "./life.ts";
import { between, totals, type Quality, type Totals } from "./quality.ts";
import { Effort, receptions, uplink, type Entry } from "./reading.ts";
import { Silence, type Remedy } from "./silence.ts";
import { Steady } from "./steady.ts";
import { Strain, type Ease } from "./strain.ts";

/** A network that was narrow for this long is worth saying, and one that has been well for as long too. */
const narrowFor = 10_000;

/** Look is what is looked at. */
export interface Look {
  readonly entries: readonly Entry[];
  readonly midOf: (track: string) => string;
  readonly expected: readonly Expected[];
  /** Slots whose picture is wholly black, and whether our own is. */
  readonly black: readonly number[];
  readonly ownBlack: boolean;
  readonly now: number;
}

/** Findings is what was found. */
export interface Findings extends Missing {
  readonly narrow: boolean;
  readonly ownBlack: boolean;
  /** How much less to send, and how much less to ask for. */
  readonly sendEase: Ease;
  readonly showEase: Ease;
  /** The call as a whole has gone quiet, and what to do about it. */
  readonly starved: boolean;
  readonly remedy: Remedy;
  readonly packets: number;
}

/** allWell is what is found before anything was looked at. */
export const allWell: Findings = {
  dark: [],
  deaf: [],
  narrow: false,
  ownBlack: false,
  sendEase: 0,
  showEase: 0,
  starved: false,
  remedy: "",
  packets: 0,
};

export class Watch {
  private readonly silence = new Silence();
  private readonly absence = new Absence();
  private readonly effort = new Effort();
  private readonly sending = new Strain();
  private readonly showing = new Strain();
  private readonly narrow = new Steady(narrowFor, narrowFor);
  private lastReport: Totals | undefined;

  /** look looks. */
  look({ entries, midOf, expected, black, ownBlack, now }: Look): Findings {
    const counted = totals(now, entries);
    const got = receptions(entries, midOf);
    const up = uplink(entries);
    const awaited = expected.some((one) => !one.lost && (one.audio !== "" || one.video !== ""));
    const remedy = this.silence.heard(counted, arrived(entries), awaited, now);
    return {
      ...this.absence.look(expected, got, black, now),
      narrow: this.narrow.see(up.narrow, now),
      ownBlack,
      sendEase: this.sending.look(up.cpu, now),
      showEase: this.showing.look(this.effort.behind(got), now),
      starved: this.silence.isBad,
      remedy,
      packets: counted.packets,
    };
  }

  /** report sums up how it was since the last report. */
  report(entries: readonly Entry[], now: number): Quality {
    const counted = totals(now, entries);
    const quality = between(this.lastReport, counted);
    this.lastReport = counted;
    return quality;
  }
}
