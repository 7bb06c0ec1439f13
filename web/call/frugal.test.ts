import assert from "node:assert/strict";
import { test } from "node:test";

import { frugal } from "./frugal.ts";

const answer = [
  "v=0",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=recvonly",
  "a=ptime:20",
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "a=recvonly",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=sendonly",
  "",
].join("\r\n");

test("only the voice that we send is asked for in larger pieces", () => {
  const lines = frugal(answer).split("\r\n");
  assert.deepEqual(lines.slice(0, 4), ["v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=recvonly", "a=ptime:60"]);
  assert.equal(lines.filter((line) => line.startsWith("a=ptime")).length, 1);
  assert.ok(frugal(answer).endsWith("a=sendonly\r\n"));
});

test("asking twice asks once", () => {
  assert.equal(frugal(frugal(answer)), frugal(answer));
});
