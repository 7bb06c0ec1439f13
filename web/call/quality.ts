// How a call is for the one who is in it, counted from WebRTC's own statistics.
// No content and no addresses: only what an operator needs to see that ICE is
// alive and the picture is not.

import type { Stats } from "./protocol.ts";
import { number, type Entry } from "./reading.ts";

/** Totals are running totals since a connection began. */
export interface Totals {
  at: number; // ms
  path: Stats["path"];
  rtt: number; // ms
  fps: number;
  bytes: number;
  packets: number;
  lost: number;
  freezes: number;
  frozen: number; // ms
  samples: number;
  concealed: number;
}

/** Quality is what is reported, but for the time to the first picture, which a Room measures, and for what the page itself sees and hears. */
export type Quality = Omit<Stats, "first" | "dark" | "deaf">;

/** totals reads a report. What a browser does not tell is 0. */
export function totals(at: number, report: Iterable<Entry>): Totals {
  const sum: Totals = {
    at,
    path: "",
    rtt: 0,
    fps: 0,
    bytes: 0,
    packets: 0,
    lost: 0,
    freezes: 0,
    frozen: 0,
    samples: 0,
    concealed: 0,
  };
  const entries = new Map<unknown, Entry>();
  for (const entry of report) {
    entries.set(entry.id, entry);
  }
  for (const entry of entries.values()) {
    if (entry.type === "inbound-rtp") {
      addInbound(sum, entry);
    }
  }
  const pair = selectedPair(entries);
  if (pair) {
    sum.rtt = number(pair, "currentRoundTripTime") * 1000;
    sum.path = pathOf(entries.get(pair.localCandidateId));
  }
  return sum;
}

function addInbound(sum: Totals, entry: Entry): void {
  sum.bytes += number(entry, "bytesReceived");
  sum.packets += number(entry, "packetsReceived");
  sum.lost += Math.max(0, number(entry, "packetsLost")); // late duplicates make it negative
  sum.freezes += number(entry, "freezeCount");
  sum.frozen += number(entry, "totalFreezesDuration") * 1000;
  sum.samples += number(entry, "totalSamplesReceived");
  sum.concealed += number(entry, "concealedSamples");
  sum.fps = Math.max(sum.fps, number(entry, "framesPerSecond"));
}

/** selectedPair finds the path in use: by the transport where it is told, by Firefox's own word, or by nomination. */
function selectedPair(entries: Map<unknown, Entry>): Entry | undefined {
  const all = [...entries.values()];
  const transport = all.find((entry) => entry.type === "transport" && entry.selectedCandidatePairId);
  const pairs = all.filter((entry) => entry.type === "candidate-pair");
  return (
    (transport && entries.get(transport.selectedCandidatePairId)) ??
    pairs.find((pair) => pair.selected === true) ??
    pairs.find((pair) => pair.nominated === true && pair.state === "succeeded")
  );
}

function pathOf(local: Entry | undefined): Stats["path"] {
  if (!local) {
    return "";
  }
  if (local.candidateType === "relay") {
    return "relay";
  }
  return local.protocol === "tcp" ? "tcp" : "udp";
}

/** The protocol's largest figure: more than any call reaches, and less than overflows anything. */
const most = 1_000_000_000;

function figure(value: number): number {
  return Math.min(most, Math.max(0, Math.round(value)));
}

function percent(part: number, whole: number): number {
  return whole > 0 ? Math.min(100, figure((100 * part) / whole)) : 0;
}

/** between is how it was from one count to the next. A new connection counts from nothing. */
export function between(before: Totals | undefined, after: Totals): Quality {
  const base = before && before.packets <= after.packets ? before : totals(before?.at ?? after.at, []);
  const since = (name: "bytes" | "packets" | "lost" | "freezes" | "frozen" | "samples" | "concealed") =>
    Math.max(0, after[name] - base[name]);
  const seconds = (after.at - base.at) / 1000;
  return {
    path: after.path,
    rtt: figure(after.rtt),
    freezes: figure(since("freezes")),
    frozen: figure(since("frozen")),
    concealed: percent(since("concealed"), since("samples")),
    lost: percent(since("lost"), since("lost") + since("packets")),
    fps: figure(after.fps),
    kbps: seconds > 0 ? figure((since("bytes") * 8) / 1000 / seconds) : 0,
  };
}
