import assert from "node:assert/strict";
import { test } from "node:test";

import { eased, Viewing } from "./drawn.ts";
import { FakeClock } from "./fakes.ts";
import type { Drawn } from "./protocol.ts";
import { Speakers } from "./speaking.ts";

test("whoever speaks for a while is named, once", async () => {
  const clock = new FakeClock();
  const speakers = new Speakers(clock);
  assert.equal(speakers.heard("anna", 2), "");
  await clock.pass(1000);
  assert.equal(speakers.heard("anna", 2), "", "a word of agreement is not worth a name");
  await clock.pass(600);
  assert.equal(speakers.heard("anna", 2), "anna");
  await clock.pass(20_000);
  assert.equal(speakers.heard("anna", 2), "");
});

test("a conversation is not talked over: the next name waits", async () => {
  const clock = new FakeClock();
  const speakers = new Speakers(clock);
  speakers.heard("anna", 2);
  await clock.pass(2000);
  assert.equal(speakers.heard("anna", 2), "anna");
  speakers.heard("grace", 2);
  await clock.pass(3000);
  assert.equal(speakers.heard("grace", 2), "");
  await clock.pass(6000);
  assert.equal(speakers.heard("grace", 2), "grace");
});

test("where only one other is here, nobody need be told who speaks", async () => {
  const clock = new FakeClock();
  const speakers = new Speakers(clock);
  speakers.heard("anna", 1);
  await clock.pass(5000);
  assert.equal(speakers.heard("anna", 1), "");
});

// ---- how large each face is drawn ----

const big: Drawn[] = [{ slot: 0, width: 800, height: 600 }];
const small: Drawn[] = [{ slot: 0, width: 400, height: 304 }];

function viewing() {
  const clock = new FakeClock();
  const told: [Drawn[], boolean][] = [];
  return { clock, told, it: new Viewing(clock, (slots, saving) => told.push([slots, saving])) };
}

test("sizes are told at first at once, then when they have come to rest, and never twice", async () => {
  const { clock, told, it } = viewing();
  it.are(big, false);
  assert.deepEqual(told, [[big, false]]);
  it.are(small, false);
  await clock.pass(200);
  it.are([], false);
  it.are(small, false);
  await clock.pass(299);
  assert.equal(told.length, 1);
  await clock.pass(1);
  assert.deepEqual(told[1], [small, false]);
  it.are(small, false);
  await clock.pass(1000);
  assert.equal(told.length, 2);
});

test("a size that was only passed through is not told", async () => {
  const { clock, told, it } = viewing();
  it.are(big, false);
  it.are(small, false);
  it.are(big, false);
  await clock.pass(1000);
  assert.equal(told.length, 1);
});

test("whoever pays for their data does not wait", () => {
  const { told, it } = viewing();
  it.are(big, false);
  it.are(big, true);
  assert.deepEqual(told[1], [big, true]);
});

test("a tired machine asks for less, and for nothing where nothing is drawn", () => {
  assert.deepEqual(eased(big, 0), [{ slot: 0, width: 800, height: 608 }]);
  assert.deepEqual(eased(big, 1), [{ slot: 0, width: 400, height: 304 }]);
  assert.deepEqual(eased([{ slot: 1, width: 0, height: 0 }], 2), [{ slot: 1, width: 0, height: 0 }]);
});
