import assert from "node:assert/strict";
import { test } from "node:test";

import { ago, lasted } from "./_words.ts";

// The same cases are in the Go test of ago: the two say the same words.
test("how long something has lasted", () => {
  const minute = 60_000;
  for (const [ms, want] of [
    [0, "less than a minute"],
    [-minute, "less than a minute"],
    [minute - 1, "less than a minute"],
    [minute, "1 minute"],
    [2 * minute + 59_000, "2 minutes"],
    [60 * minute, "1 hour"],
    [61 * minute, "1 hour 1 minute"],
    [125 * minute, "2 hours 5 minutes"],
  ] as const) {
    assert.equal(lasted(ms), want);
  }
});

test("how long ago something was", () => {
  assert.equal(ago(59_000), "just now");
  assert.equal(ago(120_000), "2 minutes ago");
});
