import assert from "node:assert/strict";
import { test } from "node:test";

import { between, totals } from "./quality.ts";

/** chromium is a report as Chromium writes it, after so many seconds of call. */
function chromium(seconds: number, more: object = {}) {
  return [
    { id: "T", type: "transport", selectedCandidatePairId: "P2" },
    { id: "P1", type: "candidate-pair", nominated: false, state: "failed" },
    { id: "P2", type: "candidate-pair", localCandidateId: "L", currentRoundTripTime: 0.042, state: "succeeded" },
    { id: "L", type: "local-candidate", candidateType: "host", protocol: "udp", address: "192.0.2.7", ...more },
    {
      id: "A",
      type: "inbound-rtp",
      kind: "audio",
      bytesReceived: 5000 * seconds,
      packetsReceived: 50 * seconds,
      packetsLost: seconds,
      totalSamplesReceived: 48_000 * seconds,
      concealedSamples: 960 * seconds,
    },
    {
      id: "V",
      type: "inbound-rtp",
      kind: "video",
      bytesReceived: 75_000 * seconds,
      packetsReceived: 50 * seconds,
      packetsLost: seconds,
      framesPerSecond: 24,
      freezeCount: seconds,
      totalFreezesDuration: 0.25 * seconds,
    },
  ];
}

test("a summary is what happened since the last one", () => {
  const before = totals(10_000, chromium(10));
  const after = totals(15_000, chromium(15));
  assert.deepEqual(between(before, after), {
    path: "udp",
    rtt: 42,
    freezes: 5,
    frozen: 1250,
    concealed: 2,
    lost: 2,
    fps: 24,
    kbps: 640,
  });
});

test("a summary has no address", () => {
  const quality = between(totals(0, chromium(0)), totals(5000, chromium(5)));
  assert.equal(JSON.stringify(quality).includes("192.0.2.7"), false);
});

test("a new connection counts from nothing", () => {
  const quality = between(totals(10_000, chromium(10)), totals(15_000, chromium(5)));
  assert.equal(quality.kbps, 640);
  assert.equal(quality.freezes, 5);
});

for (const [path, local] of [
  ["relay", { candidateType: "relay", protocol: "udp" }],
  ["tcp", { candidateType: "host", protocol: "tcp" }],
  ["udp", { candidateType: "prflx", protocol: "udp" }],
] as const) {
  test(`the path is ${path} over ${local.candidateType} and ${local.protocol}`, () => {
    assert.equal(totals(0, chromium(1, local)).path, path);
  });
}

test("Firefox says which pair is selected on the pair itself", () => {
  const report = [
    { id: "P", type: "candidate-pair", selected: true, localCandidateId: "L", currentRoundTripTime: 0.01 },
    { id: "L", type: "local-candidate", candidateType: "host", protocol: "udp" },
  ];
  assert.deepEqual([totals(0, report).path, totals(0, report).rtt], ["udp", 10]);
});

test("what a browser does not tell is nothing", () => {
  assert.deepEqual(between(undefined, totals(1000, [])), {
    path: "",
    rtt: 0,
    freezes: 0,
    frozen: 0,
    concealed: 0,
    lost: 0,
    fps: 0,
    kbps: 0,
  });
});

test("figures stay within what the room takes", () => {
  const wild = [
    { id: "A", type: "inbound-rtp", packetsLost: -5, concealedSamples: 9, totalSamplesReceived: 3, bytesReceived: 1e300 },
    { id: "B", type: "inbound-rtp", freezeCount: NaN, totalFreezesDuration: Infinity },
  ];
  const quality = between(totals(0, []), totals(1, wild));
  assert.equal(quality.lost, 0);
  assert.equal(quality.concealed, 100);
  assert.equal(quality.kbps, 1_000_000_000);
  assert.equal(quality.freezes, 0);
  assert.equal(quality.frozen, 0);
});
