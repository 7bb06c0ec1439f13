import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeClock } from "./fakes.ts";
import { Repair } from "./repair.ts";

function mended() {
  const clock = new FakeClock();
  const done: string[] = [];
  const repair = new Repair(clock, {
    restart: () => done.push(`restart at ${clock.now()}`),
    renew: () => done.push(`renew at ${clock.now()}`),
  });
  return { clock, done, repair };
}

/** up is a seat with its media flowing. */
function up() {
  const m = mended();
  m.repair.media("connecting");
  m.repair.welcomed();
  m.repair.media("up");
  return m;
}

test("media that flows is left alone", async () => {
  const { clock, done } = up();
  await clock.pass(60_000);
  assert.deepEqual(done, []);
  assert.equal(clock.waiting, 0);
});

test("media that stops gets new paths at once", async () => {
  const { clock, done, repair } = up();
  repair.media("down");
  assert.deepEqual(done, ["restart at 0"]);
  repair.media("connecting");
  repair.media("up");
  await clock.pass(60_000);
  assert.deepEqual(done, ["restart at 0"]);
});

test("new paths that bring nothing in five seconds are followed by a new connection", async () => {
  const { clock, done, repair } = up();
  repair.media("down");
  await clock.pass(5000);
  assert.deepEqual(done, ["restart at 0", "renew at 5000"]);
});

test("media that keeps stopping is not restarted more often than the room allows", async () => {
  const { clock, done, repair } = up();
  repair.media("down");
  repair.media("up");
  await clock.pass(100);
  repair.media("down");
  await clock.pass(3000);
  assert.deepEqual(done, ["restart at 0", "restart at 2500"]);
});

test("a connection that never comes up is renewed, with ever more patience", async () => {
  const { clock, done, repair } = mended();
  repair.media("connecting");
  repair.welcomed();
  for (const wait of [10_000, 10_000, 20_000, 30_000, 30_000]) {
    await clock.pass(wait);
    repair.parted(); // as a new join does
    repair.media("connecting");
    repair.welcomed();
  }
  assert.deepEqual(done, [
    "renew at 10000",
    "renew at 20000",
    "renew at 40000",
    "renew at 70000",
    "renew at 100000",
  ]);
});

test("nothing is asked of a room that cannot hear, and all of it when it can again", async () => {
  const { clock, done, repair } = up();
  repair.parted();
  repair.media("down");
  await clock.pass(20_000);
  assert.deepEqual(done, []);
  repair.welcomed();
  assert.deepEqual(done, ["restart at 20000"]);
});

test("a failed connection is restarted even if it never was up", async () => {
  const { done, repair } = mended();
  repair.media("connecting");
  repair.media("failed");
  repair.welcomed();
  assert.deepEqual(done, ["restart at 0"]);
});

test("on another network the paths are renewed without waiting for silence", async () => {
  const { clock, done, repair } = up();
  repair.moved();
  assert.deepEqual(done, ["restart at 0"]);
  await clock.pass(60_000);
  assert.deepEqual(done, ["restart at 0"], "it stayed up");
});

test("a move while the media is being repaired adds nothing", async () => {
  const { done, repair } = up();
  repair.media("down");
  repair.moved();
  assert.deepEqual(done, ["restart at 0"]);
});
