import assert from "node:assert/strict";
import { test } from "node:test";

import { isSpeech, loudness, onMeter } from "./level.ts";

/** tone is a tenth of a second of a note. */
function tone(loud: number): Float32Array {
  return Float32Array.from({ length: 4800 }, (_, i) => loud * Math.sin((2 * Math.PI * 440 * i) / 48_000));
}

test("silence is not speech, hiss is not speech, and a voice is", () => {
  assert.equal(isSpeech(loudness(new Float32Array(2048))), false);
  assert.equal(isSpeech(loudness(tone(0.005))), false);
  assert.equal(isSpeech(loudness(tone(0.1))), true);
  assert.equal(loudness(new Float32Array(0)), 0);
});

test("the meter rises with the voice and stays on its scale", () => {
  const levels = [0, 0.001, 0.02, 0.1, 0.7, 1].map(onMeter);
  assert.deepEqual([...levels].sort((a, b) => a - b), levels);
  assert.equal(levels[0], 0);
  assert.equal(levels[levels.length - 1], 1);
  assert.ok((levels[2] ?? 0) > 0.35 && (levels[2] ?? 0) < 0.6, `quiet speech is at ${levels[2]}`);
});
