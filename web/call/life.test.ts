import assert from "node:assert/strict";
import { test } from "node:test";

import { arrived, Life } from "./life.ts";
import type { Entry } from "./reading.ts";

test("everything that comes is counted once, wherever a browser tells it", () => {
  const stream = { type: "inbound-rtp", bytesReceived: 5 };
  const pair = { type: "candidate-pair", bytesReceived: 7 };
  const transport = { type: "transport", bytesReceived: 9 };
  assert.equal(arrived([stream, pair, transport]), 9);
  assert.equal(arrived([stream, pair, { type: "transport" }]), 7);
  assert.equal(arrived([stream]), 5);
  assert.equal(arrived([]), 0);
});

/** listen gives what a life said at each quarter of a second, and how often it read the statistics. */
async function listen(count: number, played: (at: number) => string, bytes: (at: number) => number) {
  const life = new Life();
  const quiet: number[] = [];
  let reads = 0;
  for (let at = 0; at < count * 250; at += 250) {
    const read = async (): Promise<Entry[]> => {
      reads++;
      return [{ type: "transport", bytesReceived: bytes(at) }];
    };
    quiet.push(await life.look(played(at), read, at));
  }
  return { quiet, reads };
}

test("while sound is played nothing else is asked", async () => {
  assert.deepEqual(await listen(8, String, () => 1), { quiet: [0, 0, 0, 0, 0, 0, 0, 0], reads: 0 });
});

test("a room in which nobody speaks is alive by its reports", async () => {
  const { quiet } = await listen(40, () => "the last word", (at) => 100 + at);
  assert.equal(Math.max(...quiet), 0);
});

test("a network that is gone is told from the first quarter of a second on, and until it is back", async () => {
  const { quiet } = await listen(10, () => "", (at) => (at < 500 ? 100 + at : at < 1750 ? 600 : 700));
  assert.deepEqual(quiet, [0, 0, 0, 0, 250, 500, 750, 0, 0, 250]);
});

test("what has not begun has not stopped", async () => {
  const { quiet } = await listen(20, () => "", () => 0);
  assert.equal(Math.max(...quiet), 0);
});
