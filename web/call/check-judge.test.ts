import assert from "node:assert/strict";
import { test } from "node:test";

import { clockFinding, judge, lineOf, pathFinding, type Outcomes } from "./check-judge.ts";

const both = { camera: true, microphone: true };
const reached: Outcomes = { page: "through", socket: "through" };

for (const [what, found, devices, state, heading] of [
  ["everything open", { ...reached, udp: "through", tcp: "through", "relay-tls": "through" }, both, "good", "will work here"],
  ["UDP to the relay alone", { ...reached, udp: "blocked", "relay-udp": "through" }, both, "good", "will work here"],
  ["UDP closed", { ...reached, udp: "blocked", tcp: "through" }, both, "slow", "slower"],
  ["nothing but TLS", { ...reached, udp: "blocked", tcp: "blocked", "relay-tcp": "blocked", "relay-tls": "through" }, both, "slow", "slower"],
  ["a closed network", { ...reached, udp: "blocked", tcp: "blocked", "relay-tls": "blocked" }, both, "bad", "will not work on this network"],
  ["an inspected network", { ...reached, udp: "blocked", "relay-tls": "inspected" }, both, "bad", "will not work on this network"],
  ["no websocket, whatever else", { page: "through", socket: "blocked", udp: "through" }, both, "bad", "will not work on this network"],
  ["no hospital", { page: "blocked", socket: "through", udp: "through" }, both, "bad", "will not work on this network"],
  ["what the camera's leave would show", { ...reached, udp: "blocked", tcp: "hidden" }, both, "slow", "could not try every way"],
  ["too many at once", { ...reached, udp: "busy", tcp: "blocked" }, both, "slow", "could not finish"],
  ["no camera", { ...reached, udp: "through" }, { camera: false, microphone: true }, "good", "will work here"],
] as const) {
  test(`${what}: ${state}`, () => {
    const verdict = judge(found, true, devices);
    assert.equal(verdict.state, state);
    assert.ok(verdict.heading.includes(heading), verdict.heading);
    assert.ok(verdict.state === "good" || verdict.next.length > 0, "it says what to do next");
  });
}

test("an old browser is told so, whatever its network", () => {
  const verdict = judge({ ...reached, udp: "through" }, false, both);
  assert.equal(verdict.state, "bad");
  assert.match(verdict.heading, /browser/);
});

test("a device that is missing is said beside the verdict", () => {
  const found: Outcomes = { ...reached, udp: "through" };
  assert.match(judge(found, true, { camera: false, microphone: true }).text, /not seen/);
  assert.match(judge(found, true, { camera: true, microphone: false }).text, /not be heard/);
  assert.match(judge(found, true, { camera: false, microphone: false }).text, /not be seen or heard/);
  assert.doesNotMatch(judge(found, true, both).text, /But/);
});

test("a tick is for what works and for nothing else", () => {
  for (const outcome of ["through", "blocked", "inspected", "hidden", "absent", "busy"] as const) {
    assert.equal(pathFinding("relay-tls", outcome).state === "good", outcome === "through");
  }
});

test("the line for the firewall says each door that was tried, and no other", () => {
  const doors = { page: "TCP 443", udp: "UDP 8443", tcp: "TCP 8443" };
  const line = lineOf({ page: "through", udp: "blocked" }, doors, "22 November 2026 at 14:05");
  assert.equal(line, "Found from here, 22 November 2026 at 14:05:\n- TCP 443: open\n- UDP 8443: closed\n");
});

for (const [offset, state, words] of [
  [0, "good", "right"],
  [119_000, "good", "right"],
  [-119_000, "good", "right"],
  [600_000, "bad", "10 minutes slow"],
  [-7_200_000, "bad", "2 hours fast"],
  [-864_000_000, "bad", "10 days fast"],
  [undefined, "bad", "could not ask"],
] as const) {
  test(`a clock ${offset} ms behind the hospital's is ${state}`, () => {
    const finding = clockFinding(offset);
    assert.equal(finding.state, state);
    assert.ok(finding.text.includes(words), finding.text);
  });
}
