import assert from "node:assert/strict";
import { test } from "node:test";

import type { Snapshot } from "../call/world.ts";
import { lookWords } from "./_looking.ts";

const seated: Snapshot = {
  phase: "waiting",
  seated: true,
  media: "up",
  starved: false,
  hindrance: "",
  tries: 0,
  seat: "staff-1",
  role: "staff",
  people: [],
  slots: [],
  locked: false,
  covered: false,
  pinned: "",
  speaking: [],
  trouble: { audio: "", video: "" },
  sparing: false,
  lines: [],
  looked: false,
  said: "",
  until: "",
  end: undefined,
};

for (const [want, now, shown, seen] of [
  ["Connecting…", { seated: false }, false, false],
  ["Connecting…", { media: "connecting" }, false, false],
  ["Anna is not waiting any more, or their connection is lost for a moment.", {}, false, true],
  ["You hear Anna, if their microphone is on. There is no picture yet.", {}, true, false],
  ["You see and hear Anna. They know it.", {}, true, true],
  ["You are not looking any more. Go back to the board.", { phase: "over", end: { kind: "ended", reason: "left" } }, true, true],
  [
    "You cannot see who is waiting any more: you are signed out here, or your role on this ward has ended.",
    { phase: "over", end: { kind: "ended", reason: "revoked" } },
    true,
    true,
  ],
  ["They cannot be shown now. Go back to the board.", { phase: "over", end: { kind: "refused", code: "not_expected", text: "" } }, false, false],
] as const) {
  test(`who looks is told: ${want}`, () => {
    assert.equal(lookWords({ ...seated, ...now }, shown, seen, "Anna"), want);
  });
}
