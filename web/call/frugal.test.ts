import assert from "node:assert/strict";
import { test } from "node:test";

import { frugal } from "./frugal.ts";

const answer = [
  "v=0",
  "m=audio 9 UDP/TLS/RTP/SAVPF 63 111",
  "a=rtpmap:63 red/48000/2",
  "a=rtpmap:111 opus/48000/2",
  "a=recvonly",
  "a=ptime:20",
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "a=recvonly",
  "m=audio 9 UDP/TLS/RTP/SAVPF 63 111",
  "a=rtpmap:63 red/48000/2",
  "a=sendonly",
  "",
].join("\r\n");

test("only the voice that we send is asked for in larger pieces", () => {
  const lines = frugal(answer, { larger: true, once: false }).split("\r\n");
  assert.deepEqual(lines.slice(0, 6), [...answer.split("\r\n").slice(0, 5), "a=ptime:60"]);
  assert.equal(lines.filter((line) => line.startsWith("a=ptime")).length, 1);
  assert.deepEqual(lines.slice(6), answer.split("\r\n").slice(6));
});

test("only the voice that we send is sent once, and what repeats it is still agreed", () => {
  assert.equal(frugal(answer, { larger: false, once: true }), answer.replace("SAVPF 63 111", "SAVPF 111 63"));
});

test("a room that does not repeat is asked for nothing", () => {
  const plain = answer.replaceAll("SAVPF 63 111", "SAVPF 111").replaceAll("a=rtpmap:63 red/48000/2\r\n", "");
  assert.equal(frugal(plain, { larger: false, once: true }), plain);
});

test("without thrift an answer is as it was", () => {
  assert.equal(frugal(answer, { larger: false, once: false }), answer);
});

test("asking twice asks once", () => {
  const thrift = { larger: true, once: true };
  assert.equal(frugal(frugal(answer, thrift), thrift), frugal(answer, thrift));
});
