import assert from "node:assert/strict";
import { test } from "node:test";

import { untilWords } from "./until.ts";

for (const [why, at, zone, own, want] of [
  ["nothing was said", "", "Europe/London", "Europe/London", ""],
  ["what is no time", "soon", "Europe/London", "Europe/London", ""],
  ["in winter", "2026-11-24T14:40:00Z", "Europe/London", "Europe/London", "It ends at 2:40pm."],
  ["in summer", "2026-07-24T14:05:00Z", "Europe/London", "Europe/London", "It ends at 3:05pm."],
  ["at midday", "2026-11-24T12:10:00Z", "Europe/London", "Europe/London", "It ends at 12:10pm."],
  ["after midnight", "2026-11-24T00:10:00Z", "Europe/London", "Europe/London", "It ends at 12:10am."],
  ["elsewhere, by the same clock", "2026-11-24T14:40:00Z", "Europe/London", "Europe/Lisbon", "It ends at 2:40pm."],
  ["elsewhere", "2026-11-24T14:40:00Z", "Europe/London", "Asia/Karachi", "It ends at 2:40pm Greenwich Mean Time."],
] as const) {
  test(`until: ${why}`, () => {
    const words = untilWords(at, zone, own);
    assert.equal(words, want === "" ? "" : `The ward has given this visit more time. ${want}`);
  });
}
