import assert from "node:assert/strict";
import { test } from "node:test";

import { added, asked, post } from "./inviting.ts";

test("what is said of somebody who is invited", () => {
  assert.match(added({ names: ["David"] }, "David"), /sent David a message with their own link/);
  assert.equal(added({ names: [] }, "David"), "David is invited already.");
  assert.equal(added({ no: "The ward has locked this visit." }, "David"), "The ward has locked this visit.");
});

test("what is said of somebody about whom the ward is asked", () => {
  assert.match(asked({ names: ["Carys"] }), /asked the ward about Carys/);
  assert.equal(asked({ no: "Enter a phone number." }), "Enter a phone number.");
});

for (const [why, answer, want] of [
  ["a yes", () => Response.json({ names: ["David"] }), { names: ["David"] }],
  ["a no", () => Response.json({ code: "room_locked", message: "Locked." }, { status: 409 }), { no: "Locked." }],
  ["a page that is no answer", () => new Response("<html>", { status: 502 }), { no: "We could not reach the hospital. Try again in a moment." }],
  [
    "no network",
    () => {
      throw new TypeError("network");
    },
    { no: "We could not reach the hospital. Try again in a moment." },
  ],
] as const) {
  test(`the hospital answers with ${why}`, async (t) => {
    t.mock.method(globalThis, "fetch", async () => answer());
    assert.deepEqual(await post("/visits/ABC-123/people", new URLSearchParams({ people: "1" })), want);
  });
}
