// What WebRTC's statistics say of single pictures and sounds: of each that is
// received, whether anything still comes of it and whether this machine can keep
// up with it; of those that are sent, what holds them back.

/** Entry is one entry of a statistics report, with whatever this browser knows. */
export type Entry = { readonly [name: string]: unknown };

/** Reception is what has come in one media section so far. */
export interface Reception {
  readonly packets: number;
  readonly framesReceived: number;
  readonly framesDecoded: number;
}

export function number(entry: Entry | undefined, name: string): number {
  const value = entry?.[name];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** receptions are by mid. A browser that does not tell the mid tells the track, whose mid the caller knows. */
export function receptions(report: readonly Entry[], midOf: (track: string) => string): Map<string, Reception> {
  const found = new Map<string, Reception>();
  for (const entry of report) {
    if (entry.type !== "inbound-rtp") {
      continue;
    }
    const mid = typeof entry.mid === "string" ? entry.mid : midOf(trackOf(entry, report));
    if (mid !== "") {
      found.set(mid, {
        packets: number(entry, "packetsReceived"),
        framesReceived: number(entry, "framesReceived"),
        framesDecoded: number(entry, "framesDecoded"),
      });
    }
  }
  return found;
}

/** trackOf finds the name of a stream's track: on the stream, or where an older Safari keeps it. */
function trackOf(entry: Entry, report: readonly Entry[]): string {
  const known = entry.trackIdentifier ?? report.find((one) => one.id === entry.trackId)?.trackIdentifier;
  return typeof known === "string" ? known : "";
}

/** Uplink is what holds one's own picture back. */
export interface Uplink {
  /** This machine is too slow for what is asked of it. */
  readonly cpu: boolean;
  /** The network on the way up carries hardly more than sound. */
  readonly narrow: boolean;
}

/** Below this a network carries a voice and nothing that deserves to be called a picture. */
const narrowest = 130_000; // bits per second

/** A picture of fewer frames a second than this is a row of photographs. */
const fewestFrames = 6;

/** uplink reads what is sent. Somebody who sends no picture has nothing to be held back. */
export function uplink(report: readonly Entry[]): Uplink {
  const pictures = report.filter((one) => one.type === "outbound-rtp" && one.kind === "video" && one.active !== false);
  const limited = (by: string) => pictures.some((one) => one.qualityLimitationReason === by);
  const estimates = report
    .filter((one) => one.type === "candidate-pair" && number(one, "availableOutgoingBitrate") > 0)
    .map((one) => number(one, "availableOutgoingBitrate"));
  const fastest = Math.max(0, ...pictures.map((one) => number(one, "framesPerSecond")));
  const estimate = Math.max(0, ...estimates);
  const starved = estimate > 0 ? estimate < narrowest : fastest > 0 && fastest < fewestFrames;
  return { cpu: limited("cpu"), narrow: limited("bandwidth") && starved };
}

/** Effort watches whether what is received is also decoded. */
export class Effort {
  private before: { received: number; decoded: number } | undefined;

  /** behind reports whether, since the last look, this machine left a good part of the frames it was sent. */
  behind(got: ReadonlyMap<string, Reception>): boolean {
    let received = 0;
    let decoded = 0;
    for (const one of got.values()) {
      received += one.framesReceived;
      decoded += one.framesDecoded;
    }
    const was = this.before;
    this.before = { received, decoded };
    if (!was || received - was.received < 10) {
      return false; // too few to judge by, or a new connection
    }
    return decoded - was.decoded < 0.6 * (received - was.received);
  }
}
