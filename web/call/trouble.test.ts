import assert from "node:assert/strict";
import { test } from "node:test";

import { troubleOf, troubleOfPlace } from "./trouble.ts";

for (const [name, trouble] of [
  ["NotAllowedError", "denied"],
  ["SecurityError", "denied"],
  ["NotFoundError", "missing"],
  ["OverconstrainedError", "missing"],
  ["NotReadableError", "busy"],
  ["TrackStartError", "busy"],
  ["TypeError", "unsupported"],
  ["SomethingNewError", "failed"],
] as const) {
  test(`${name} is ${trouble}`, () => {
    assert.equal(troubleOf(Object.assign(new Error("x"), { name })), trouble);
  });
}

test("what is no error at all is a failure still", () => {
  assert.equal(troubleOf(undefined), "failed");
  assert.equal(troubleOf("no"), "failed");
});

test("a page without https cannot ask, and says that first", () => {
  assert.equal(troubleOfPlace({ secure: false, devices: false, calls: true }), "insecure");
  assert.equal(troubleOfPlace({ secure: true, devices: false, calls: true }), "unsupported");
  assert.equal(troubleOfPlace({ secure: true, devices: true, calls: false }), "unsupported");
  assert.equal(troubleOfPlace({ secure: true, devices: true, calls: true }), "");
});
