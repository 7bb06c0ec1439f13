import assert from "node:assert/strict";
import { test } from "node:test";

import { judge } from "./paths.ts";

for (const [what, asked, gathered, reach] of [
  ["an address seen from outside", 1, { found: ["host", "srflx"], failed: 0, finished: false }, "through"],
  ["a relay", 1, { found: ["relay"], failed: 1, finished: true }, "through"],
  ["the same address inside and outside", 1, { found: ["host"], failed: 0, finished: true }, "through"],
  ["a server that did not answer", 1, { found: ["host"], failed: 1, finished: true }, "blocked"],
  ["a server that is still silent", 1, { found: ["host"], failed: 0, finished: false }, "blocked"],
  ["no address at all", 1, { found: [], failed: 0, finished: true }, "blocked"],
  ["nobody to ask", 0, { found: ["host"], failed: 0, finished: true }, "unsure"],
  ["nobody to ask, and no address", 0, { found: [], failed: 0, finished: true }, "blocked"],
] as const) {
  test(`${what}: ${reach}`, () => {
    assert.equal(judge(asked, gathered), reach);
  });
}
