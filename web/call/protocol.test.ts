import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { decode, encode, version, type ToServer } from "./protocol.ts";

// The build runs tests with web as the working directory.
const golden = join(process.cwd(), "..", "signaling", "protocol", "testdata");

function read(name: string): string {
  return readFileSync(join(golden, name), "utf8").trim();
}

const sends = ["join", "offer", "state", "pin", "view", "line", "look", "cover", "finish", "leave", "stats", "ping"];

test("every golden frame is either one we send or one we read", () => {
  const names = readdirSync(golden).filter((name) => name.endsWith(".json"));
  assert.ok(names.length >= 18, `only ${names.length} golden frames`);
  for (const name of names) {
    const frame: unknown = JSON.parse(read(name));
    const type = name.split(".")[0];
    assert.equal((frame as { type: unknown }).type, type);
    if (sends.includes(type ?? "")) {
      assert.equal(decode(read(name)), undefined, `${name} is not for us to read`);
    } else {
      assert.deepEqual(decode(read(name)), frame, name);
    }
  }
});

const ours: { [name: string]: ToServer } = {
  "join.json": {
    type: "join",
    v: version,
    ticket: "eyJyb29tIjoidjEifQ.c2lnbmF0dXJl",
    sdp: "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
    audio: true,
    video: false,
  },
  "join.resume.json": { type: "join", v: version, resume: "djE.AAECAwQFBgcICQoLDA0ODw", audio: true, video: true },
  "offer.json": { type: "offer", seq: 1, sdp: "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" },
  "state.json": { type: "state", audio: false, video: true },
  "view.json": {
    type: "view",
    slots: [
      { slot: 0, width: 1280, height: 720 },
      { slot: 1, width: 0, height: 0 },
    ],
    saving: false,
  },
  "line.json": { type: "line", text: "I am here, Mum", done: true },
  "look.json": { type: "look", seat: "guest-1" },
  "pin.json": { type: "pin", seat: "guest-2" },
  "cover.json": { type: "cover", covered: true },
  "finish.json": { type: "finish" },
  "leave.json": { type: "leave" },
  "stats.json": {
    type: "stats",
    path: "udp",
    rtt: 42,
    first: 310,
    freezes: 1,
    frozen: 250,
    concealed: 2,
    lost: 1,
    fps: 24,
    kbps: 870,
    dark: 1,
    deaf: 0,
  },
  "ping.json": { type: "ping", n: 7 },
};

for (const [name, frame] of Object.entries(ours)) {
  test(`what we send is ${name}`, () => {
    assert.deepEqual(JSON.parse(encode(frame)), JSON.parse(read(name)));
  });
}

test("a frame may say more than we understand", () => {
  assert.deepEqual(decode('{"type":"pong","n":3,"mood":"good"}'), { type: "pong", n: 3 });
});

for (const [why, text] of [
  ["not JSON", "{"],
  ["not an object", '["pong"]'],
  ["nothing", "null"],
  ["without a type", '{"n":1}'],
  ["of an unknown type", '{"type":"hello"}'],
  ["named like something every object has", '{"type":"constructor"}'],
  ["without a field", '{"type":"pong"}'],
  ["with a field of another kind", '{"type":"pong","n":"1"}'],
  ["with a word we do not know", '{"type":"standing","standing":"sitting"}'],
  ["with a list that is none", '{"type":"slots","slots":{}}'],
  ["with one bad thing in a list of words", '{"type":"speaking","seats":["a",1]}'],
  ["with one bad thing in a list", '{"type":"slots","slots":[{"slot":0,"audio":"0","video":"1"}]}'],
] as const) {
  test(`a frame that is ${why} is ignored`, () => {
    assert.equal(decode(text), undefined);
  });
}
