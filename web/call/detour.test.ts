import assert from "node:assert/strict";
import { test } from "node:test";

import { Detour, withoutUDP } from "./detour.ts";

const udp = "a=candidate:1 1 udp 2130706431 192.0.2.1 8443 typ host";
const tcp = "a=candidate:2 1 tcp 1671430143 192.0.2.1 443 typ host tcptype passive";
const both = ["v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", udp, tcp, "a=end-of-candidates", ""].join("\r\n");
const alone = both.replace(udp + "\r\n", "");

test("UDP is left out where there is TCP, and only there", () => {
  assert.equal(withoutUDP(both), alone);
  const none = both.replace(tcp + "\r\n", "");
  assert.equal(withoutUDP(none), none);
});

/** road is a detour with a clock of its own. */
function road() {
  let now = 0;
  const detour = new Detour(() => now);
  const live = (ms: number) => {
    detour.up();
    now += ms;
    detour.fell();
  };
  return { detour, live };
}

test("one fall is a mishap", () => {
  const { detour, live } = road();
  assert.equal(detour.answered(both), both);
  live(60_000);
  assert.equal(detour.answered(both), both);
});

test("two falls in a short while are the network's habit, and TCP is kept to", () => {
  const { detour, live } = road();
  detour.answered(both);
  live(60_000);
  detour.answered(both);
  live(60_000);
  assert.equal(detour.answered(both), alone);
  live(600_000); // for another reason: it goes on by TCP
  assert.equal(detour.answered(both), alone);
});

test("one fall that two have noticed is one", () => {
  const { detour, live } = road();
  detour.answered(both);
  live(60_000);
  detour.fell();
  assert.equal(detour.answered(both), both);
});

test("two falls far apart are two mishaps", () => {
  const { detour, live } = road();
  detour.answered(both);
  live(60_000);
  detour.answered(both);
  live(600_000);
  assert.equal(detour.answered(both), both);
});

test("falls of a network that was left say nothing of the next", () => {
  const { detour, live } = road();
  for (let change = 0; change < 3; change++) {
    assert.equal(detour.answered(both), both);
    live(10_000);
    detour.moved();
    detour.fell(); // the browser has noticed, too
  }
  assert.equal(detour.answered(both), both);
});

test("a habit is left behind with its network", () => {
  const { detour, live } = road();
  detour.answered(both);
  live(10_000);
  detour.answered(both);
  live(10_000);
  assert.equal(detour.answered(both), alone);
  detour.moved();
  assert.equal(detour.answered(both), both);
});

test("TCP that leads nowhere is left again", () => {
  const { detour, live } = road();
  detour.answered(both);
  live(10_000);
  detour.answered(both);
  live(10_000);
  assert.equal(detour.answered(both), alone);
  assert.equal(detour.answered(both), both);
});
