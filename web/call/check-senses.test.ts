import assert from "node:assert/strict";
import { test } from "node:test";

import { allBlack } from "./check-senses.ts";

test("a covered lens is black, and one bright pixel is not", () => {
  const pixels = new Uint8ClampedArray(4 * 8).map((_, i) => (i % 4 === 3 ? 255 : 6));
  assert.equal(allBlack(pixels), true);
  pixels[4 * 7 + 1] = 90;
  assert.equal(allBlack(pixels), false);
});
