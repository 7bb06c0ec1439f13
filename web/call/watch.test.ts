import assert from "node:assert/strict";
import { test } from "node:test";

import { Absence, type Expected } from "./absence.ts";
import { isBlack } from "./black.ts";
import { Effort, receptions, uplink, type Entry, type Reception } from "./reading.ts";
import { Watch } from "./watch.ts";

const anna: Expected = { slot: 0, seat: "anna", audio: "2", video: "3", lost: false };

/** came is what has come of sound and picture so far. */
function came(packets: number, frames: number): Map<string, Reception> {
  return new Map([
    ["2", { packets, framesReceived: 0, framesDecoded: 0 }],
    ["3", { packets: frames, framesReceived: frames, framesDecoded: frames }],
  ]);
}

test("a picture that stands still for five seconds is missed, until it moves", () => {
  const absence = new Absence();
  assert.deepEqual(absence.look([anna], came(10, 10), [], 0), { dark: [], deaf: [] });
  assert.deepEqual(absence.look([anna], came(20, 10), [], 4000), { dark: [], deaf: [] });
  assert.deepEqual(absence.look([anna], came(30, 10), [], 5000), { dark: [0], deaf: [] });
  assert.deepEqual(absence.look([anna], came(40, 11), [], 6000), { dark: [], deaf: [] });
});

test("sound that has stopped is missed by itself", () => {
  const absence = new Absence();
  absence.look([anna], came(10, 10), [], 0);
  assert.deepEqual(absence.look([anna], came(10, 60), [], 5000), { dark: [], deaf: [0] });
});

test("what never came at all is missed as well", () => {
  const absence = new Absence();
  absence.look([anna], new Map(), [], 0);
  assert.deepEqual(absence.look([anna], new Map(), [], 5000), { dark: [0], deaf: [0] });
});

test("a newcomer in a slot has their own five seconds, and so has a camera switched on again", () => {
  const absence = new Absence();
  absence.look([anna], came(1, 1), [], 0);
  assert.deepEqual(absence.look([{ ...anna, seat: "iris" }], came(1, 1), [], 5000), { dark: [], deaf: [] });
  assert.deepEqual(absence.look([{ ...anna, seat: "iris", video: "" }], came(2, 1), [], 9000), { dark: [], deaf: [] });
  assert.deepEqual(absence.look([{ ...anna, seat: "iris" }], came(3, 1), [], 12_000), { dark: [], deaf: [] });
});

test("a black picture is missed although it moves, if one is expected", () => {
  const absence = new Absence();
  assert.deepEqual(absence.look([anna], came(1, 1), [0], 0), { dark: [0], deaf: [] });
  assert.deepEqual(absence.look([{ ...anna, video: "" }], came(2, 2), [0], 1), { dark: [], deaf: [] });
});

test("a covered lens is black for all its noise, and a dark room is not", () => {
  const pixels = (...greys: number[]) => new Uint8ClampedArray(greys.flatMap((grey) => [grey, grey, grey, 255]));
  assert.equal(isBlack(pixels(0, 3, 12, 0)), true);
  assert.equal(isBlack(pixels(8, 9, 40, 11)), false);
  assert.equal(isBlack(pixels()), false, "no picture is not a black one");
});

// ---- reading statistics ----

test("receptions are found by mid, by the stream's track, or by where an older Safari keeps its name", () => {
  const report: Entry[] = [
    { type: "inbound-rtp", mid: "1", packetsReceived: 5 },
    { type: "inbound-rtp", trackIdentifier: "T2", framesDecoded: 7, framesReceived: 9 },
    { type: "inbound-rtp", trackId: "X", packetsReceived: 3 },
    { id: "X", type: "track", trackIdentifier: "T3" },
    { type: "inbound-rtp", packetsReceived: 1 },
  ];
  const mids: { [track: string]: string } = { T2: "2", T3: "3" };
  const got = receptions(report, (track) => mids[track] ?? "");
  assert.deepEqual([...got.keys()], ["1", "2", "3"]);
  assert.deepEqual(got.get("2"), { packets: 0, framesReceived: 9, framesDecoded: 7 });
});

for (const [what, entries, cpu, narrow] of [
  ["nothing sent", [], false, false],
  ["all is well", [{ type: "outbound-rtp", kind: "video", qualityLimitationReason: "none", framesPerSecond: 24 }], false, false],
  ["the machine is slow", [{ type: "outbound-rtp", kind: "video", qualityLimitationReason: "cpu", framesPerSecond: 10 }], true, false],
  [
    "the network is slow and says so",
    [
      { type: "outbound-rtp", kind: "video", qualityLimitationReason: "bandwidth", framesPerSecond: 15 },
      { type: "candidate-pair", availableOutgoingBitrate: 90_000 },
    ],
    false,
    true,
  ],
  [
    "the network is only short of the best",
    [
      { type: "outbound-rtp", kind: "video", qualityLimitationReason: "bandwidth", framesPerSecond: 5 },
      { type: "candidate-pair", availableOutgoingBitrate: 900_000 },
    ],
    false,
    false,
  ],
  ["frames are few", [{ type: "outbound-rtp", kind: "video", qualityLimitationReason: "bandwidth", framesPerSecond: 3 }], false, true],
  [
    "a layer that is switched off",
    [{ type: "outbound-rtp", kind: "video", active: false, qualityLimitationReason: "cpu", framesPerSecond: 3 }],
    false,
    false,
  ],
] as const) {
  test(`the way up when ${what}`, () => {
    assert.deepEqual(uplink(entries as readonly Entry[]), { cpu, narrow });
  });
}

test("a machine is behind when it leaves a good part of what it is sent", () => {
  const effort = new Effort();
  const got = (framesReceived: number, framesDecoded: number) => new Map([["3", { packets: 0, framesReceived, framesDecoded }]]);
  assert.equal(effort.behind(got(100, 10)), false, "there is nothing to compare with yet");
  assert.equal(effort.behind(got(148, 20)), true);
  assert.equal(effort.behind(got(196, 60)), false);
  assert.equal(effort.behind(got(200, 60)), false, "four frames are too few to judge by");
  assert.equal(effort.behind(got(20, 0)), false, "a new connection counts from nothing");
});

test("a look finds all of it", () => {
  const watch = new Watch();
  const entries = (frames: number, sent: string): Entry[] => [
    { id: "A", type: "inbound-rtp", mid: "2", packetsReceived: 50 + frames, bytesReceived: 100 + frames },
    { id: "V", type: "inbound-rtp", mid: "3", packetsReceived: 9, framesReceived: 30 * frames, framesDecoded: 3 },
    { id: "O", type: "outbound-rtp", kind: "video", qualityLimitationReason: sent, framesPerSecond: 2 },
  ];
  const look = (frames: number, now: number, sent = "cpu") =>
    watch.look({ entries: entries(frames, sent), midOf: () => "", expected: [anna], black: [], ownBlack: true, now });
  look(1, 0);
  look(2, 2000);
  look(3, 4000);
  const found = look(4, 8000);
  assert.deepEqual(found.dark, [0]);
  assert.deepEqual(found.deaf, []);
  assert.equal(found.sendEase, 1);
  assert.equal(found.showEase, 1);
  assert.equal(found.ownBlack, true);
  assert.equal(found.starved, false);
  look(5, 10_000, "bandwidth");
  assert.equal(look(6, 20_000, "bandwidth").narrow, true);
});
