import assert from "node:assert/strict";
import { test } from "node:test";

import { totals } from "./quality.ts";
import { Silence } from "./silence.ts";

/** listen gives what was to be done, and at which second. */
function listen(
  seconds: number,
  bytes: (second: number) => number,
  expected: (second: number) => boolean,
  life: (second: number) => number = bytes,
): string[] {
  const silence = new Silence();
  const done: string[] = [];
  for (let second = 0; second <= seconds; second += 2) {
    const counted = { ...totals(0, []), bytes: bytes(second) };
    const remedy = silence.heard(counted, life(second), expected(second), second * 1000);
    if (remedy !== "") {
      done.push(`${remedy} at ${second}`);
    }
  }
  return done;
}

const always = () => true;

test("media that flows is not silence", () => {
  assert.deepEqual(listen(60, (second) => 1000 * (second + 1), always), []);
});

test("media that stops is noticed at once, and mended in two steps", () => {
  assert.deepEqual(listen(40, (second) => 1000 * Math.min(second, 10), always), ["restart at 14", "renew at 20"]);
});

test("new paths that bring media are enough", () => {
  const stops = (until: number) => (second: number) => 1000 * (second < until ? Math.min(second, 10) : second);
  assert.deepEqual(listen(40, stops(14), always), []);
  assert.deepEqual(listen(40, stops(16), always), ["restart at 14"]);
});

test("nobody is expected, nothing is missing", () => {
  assert.deepEqual(listen(60, () => 0, () => false), []);
});

test("sound that rests while the room still reports is given twice as long", () => {
  const stops = (second: number) => 1000 * Math.min(second, 10);
  assert.deepEqual(listen(20, stops, always, (second) => second), ["restart at 16"]);
  const rests = (second: number) => 1000 * (second < 14 ? Math.min(second, 10) : second);
  assert.deepEqual(listen(40, rests, always, (second) => second), []);
});

test("somebody who has just come is given time", () => {
  assert.deepEqual(listen(16, () => 0, (second) => second >= 10), []);
});

test("what a new connection does not mend is left in peace for a minute", () => {
  assert.deepEqual(listen(100, () => 0, always), ["restart at 8", "renew at 14", "restart at 74", "renew at 80"]);
});

test("a new connection counts from nothing, and that is not silence", () => {
  assert.deepEqual(listen(20, (second) => (second < 10 ? 5000 + second : second), always), []);
});

test("a path that dies as the one before it did is noticed as soon", () => {
  const twice = (second: number) => 1000 * (second < 16 ? Math.min(second, 10) : Math.min(second, 22));
  assert.deepEqual(listen(26, twice, always), ["restart at 14", "restart at 26"]);
});

test("it is bad until media flows again", () => {
  const silence = new Silence();
  const at = (second: number, bytes: number) => silence.heard({ ...totals(0, []), bytes }, bytes, true, second * 1000);
  at(0, 5);
  at(2, 5);
  assert.equal(silence.isBad, false);
  at(10, 5);
  assert.equal(silence.isBad, true);
  at(12, 6);
  assert.equal(silence.isBad, false);
});
