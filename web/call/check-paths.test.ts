import assert from "node:assert/strict";
import { test } from "node:test";

import { judgeTLS, outcomeOf } from "./check-paths.ts";

for (const [what, path, trying, allowed, outcome] of [
  ["up", "udp", { up: true, errors: [] }, true, "through"],
  ["up by the second address of a relay", "relay-tls", { up: true, errors: [701] }, true, "through"],
  ["silent", "relay-udp", { up: false, errors: [] }, true, "blocked"],
  ["TCP, and no camera", "tcp", { up: false, errors: [] }, false, "hidden"],
  ["TCP, with a camera", "tcp", { up: false, errors: [] }, true, "blocked"],
  ["TLS that is not believed", "relay-tls", { up: false, errors: [701] }, true, "inspected"],
  ["a relay over TCP that is not there", "relay-tcp", { up: false, errors: [701] }, true, "blocked"],
  ["TLS that drops everything", "relay-tls", { up: false, errors: [] }, true, "blocked"],
] as const) {
  test(`${what}: ${outcome}`, () => assert.equal(outcomeOf(path, trying, allowed), outcome));
}

test("TLS inspection is suspected only where pages come in at the same port", () => {
  assert.equal(judgeTLS("inspected", true, "through"), "inspected");
  assert.equal(judgeTLS("inspected", false, "through"), "blocked");
  assert.equal(judgeTLS("inspected", true, "blocked"), "blocked");
  assert.equal(judgeTLS("through", false, "through"), "through");
});
