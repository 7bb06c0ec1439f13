import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeClock } from "./fakes.ts";
import { Pulse } from "./pulse.ts";

function beating() {
  const clock = new FakeClock();
  const done: string[] = [];
  const note = (what: string) => done.push(`${what} at ${clock.now()}`);
  const pulse = new Pulse(clock, { ask: (n) => note(`ask ${n}`), late: () => note("late"), dead: () => note("dead") });
  pulse.begins();
  return { clock, done, pulse };
}

test("a socket is asked every four seconds, and is dead after five without an answer", async () => {
  const { clock, done, pulse } = beating();
  await clock.pass(4000);
  pulse.answers(1);
  await clock.pass(9000);
  assert.deepEqual(done, ["ask 1 at 4000", "ask 2 at 8000", "dead at 13000"]);
});

test("a doubted socket is asked at once, is late before long, and soon dead", async () => {
  const { clock, done, pulse } = beating();
  pulse.doubt(false);
  assert.equal(pulse.isDoubted, true);
  pulse.doubt(false);
  await clock.pass(3000);
  assert.deepEqual(done, ["ask 1 at 0", "late at 400", "dead at 2000"]);
});

test("on a slow network late is later", async () => {
  const { clock, done, pulse } = beating();
  pulse.doubt(false);
  await clock.pass(300);
  assert.equal(pulse.answers(1), true);
  assert.equal(pulse.trip, 300);
  assert.equal(pulse.isDoubted, false);
  pulse.doubt(false);
  await clock.pass(1000);
  assert.deepEqual(done, ["ask 1 at 0", "ask 2 at 300", "late at 1200"]);
});

test("more than a suspicion does not wait for the answer to be late", async () => {
  const { clock, done, pulse } = beating();
  pulse.doubt(false);
  await clock.pass(100);
  pulse.doubt(true);
  await clock.pass(100);
  assert.deepEqual(done, ["ask 1 at 0", "late at 100"]);
});

test("a doubt shortens the wait for an answer that is already due", async () => {
  const { clock, done, pulse } = beating();
  await clock.pass(4500);
  pulse.doubt(false);
  await clock.pass(3000);
  assert.deepEqual(done, ["ask 1 at 4000", "late at 4900", "dead at 6500"]);
});

test("an answer to an earlier question is none, and what has ended asks nothing", async () => {
  const { clock, done, pulse } = beating();
  assert.equal(pulse.answers(0), false);
  pulse.doubt(false);
  assert.equal(pulse.answers(7), false);
  pulse.ends();
  assert.equal(pulse.answers(1), false);
  await clock.pass(20_000);
  assert.deepEqual(done, ["ask 1 at 0"]);
});

test("whoever has just answered is trusted for a second", async () => {
  const { clock, pulse } = beating();
  assert.equal(pulse.isTrusted, true);
  await clock.pass(1000);
  assert.equal(pulse.isTrusted, false);
});
