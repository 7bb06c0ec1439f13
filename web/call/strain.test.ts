import assert from "node:assert/strict";
import { test } from "node:test";

import { Steady } from "./steady.ts";
import { Strain } from "./strain.ts";

/** over looks every two seconds for so long, and gives the last word. */
function over(strain: Strain, tired: boolean, from: number, ms: number): number {
  let ease = strain.ease as number;
  for (let at = from; at <= from + ms; at += 2000) {
    ease = strain.look(tired, at);
  }
  return ease;
}

test("a moment's strain changes nothing", () => {
  const strain = new Strain();
  assert.equal(over(strain, true, 0, 4000), 0);
  assert.equal(strain.look(false, 6000), 0);
  assert.equal(over(strain, true, 8000, 4000), 0);
});

test("strain that stays takes off some, then all that can be", () => {
  const strain = new Strain();
  assert.equal(over(strain, true, 0, 6000), 1);
  assert.equal(over(strain, true, 8000, 4000), 2);
  assert.equal(over(strain, true, 14_000, 60_000), 2);
});

test("a rested machine is asked for more, one step at a time", () => {
  const strain = new Strain();
  over(strain, true, 0, 12_000);
  assert.equal(strain.ease, 2);
  assert.equal(over(strain, false, 14_000, 58_000), 2);
  assert.equal(over(strain, false, 74_000, 2000), 1);
  assert.equal(over(strain, false, 78_000, 110_000), 1, "the second rest is longer");
  assert.equal(over(strain, false, 190_000, 10_000), 0);
});

test("one that tires again rests longer, so that nothing swings to and fro", () => {
  const strain = new Strain();
  over(strain, true, 0, 6000);
  over(strain, false, 8000, 60_000);
  assert.equal(strain.ease, 0);
  over(strain, true, 70_000, 6000);
  assert.equal(strain.ease, 1);
  assert.equal(over(strain, false, 78_000, 100_000), 1);
  assert.equal(over(strain, false, 180_000, 20_000), 0);
});

test("a sign is believed once it has stood, and as long again until it has gone", () => {
  const steady = new Steady(5000, 3000);
  assert.equal(steady.see(true, 0), false);
  assert.equal(steady.see(false, 2000), false);
  assert.equal(steady.see(true, 3000), false);
  assert.equal(steady.see(true, 7999), false);
  assert.equal(steady.see(true, 8000), true);
  assert.equal(steady.see(false, 9000), true);
  assert.equal(steady.see(true, 10_000), true);
  assert.equal(steady.see(false, 11_000), true);
  assert.equal(steady.see(false, 14_000), false);
});
