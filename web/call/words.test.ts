import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { FakeClock, FakeWorld } from "./fakes.ts";
import { afterNo } from "./fate.ts";
import { Room } from "./room.ts";
import { atTheEnd, joiningWords, networkWords, ring, troubleWords } from "./words.ts";
import { TurnedAway } from "./world.ts";

const place = { as: "visitor", ward: "Willow ward", phone: "020 7946 0123" };
const unspecific = atTheEnd({ kind: "refused", code: "?", text: "" }, place).heading;

/** codes are every code with which a join can be refused, read from the protocol itself. */
function codes(): string[] {
  const text = readFileSync(join(process.cwd(), "..", "signaling", "protocol", "PROTOCOL.md"), "utf8");
  const table = text.slice(text.indexOf("### Codes of `refused`"), text.indexOf("## Close codes"));
  return [...table.matchAll(/^\| `(\w+)` \| ([^|]*)\|/gm)].filter((row) => row[2]?.match(/join|any/)).map((row) => row[1] ?? "");
}

test("every refused join has words of its own, whether it is final or mends itself", () => {
  assert.ok(codes().length >= 11, `only ${codes().length} codes`);
  for (const code of codes()) {
    const fate = afterNo(new TurnedAway(code), 1, new FakeClock());
    if ("end" in fate) {
      assert.notEqual(atTheEnd(fate.end, place).heading, unspecific, code);
      assert.ok(atTheEnd(fate.end, place).text.length > 10, code);
    } else if (fate.hindrance !== "") {
      const now = { ...new Room(new FakeWorld()).now, hindrance: fate.hindrance };
      assert.notEqual(joiningWords(now, place), "We are trying again.", code);
    }
  }
});

test("a no from the desk is told in the desk's own words", () => {
  const text = "This visit is over. You can book another.";
  const message = atTheEnd({ kind: "refused", code: "visit_over", text }, place);
  assert.equal(message.heading, "This visit is over");
  assert.equal(message.text, "You can book another. If you need help, ring Willow ward on 020 7946 0123.");
});

test("whoever cannot get through is told whom to ring", () => {
  const now = { ...new Room(new FakeWorld()).now, tries: 5 };
  assert.match(joiningWords(now, place), /020 7946 0123/);
  assert.equal(ring({ as: "visitor", ward: "Willow ward", phone: "" }), "ring the ward");
});

test("every trouble says what to do, and no camera is no reason to stay away", () => {
  for (const trouble of ["denied", "missing", "busy", "failed"] as const) {
    assert.match(troubleWords("video", trouble), /You can still join/);
    assert.doesNotMatch(troubleWords("video", trouble, true), /You can still join/);
    assert.match(troubleWords("audio", trouble), /microphone/);
  }
  assert.match(troubleWords("audio", "insecure"), /https/);
  assert.match(troubleWords("audio", "unsupported"), /Safari/);
  assert.equal(troubleWords("audio", ""), "");
});

test("a network that may hold up the call is not called good, and says what to try", () => {
  assert.equal(networkWords("through", "through").state, "good");
  assert.equal(networkWords("through", "unsure").state, "good");
  for (const [socket, packets] of [
    ["blocked", "through"],
    ["blocked", "blocked"],
    ["through", "blocked"],
  ] as const) {
    assert.equal(networkWords(socket, packets).state, "bad");
    assert.match(networkWords(socket, packets).text, /mobile data/);
  }
});

test("everybody has a goodbye of their own", () => {
  const goodbye = (as: string) => atTheEnd({ kind: "ended", reason: "ended" }, { ...place, as }).text;
  assert.match(goodbye("visitor"), /^Thank you for visiting/);
  assert.match(goodbye("interpreter"), /^Thank you for interpreting/);
  assert.equal(goodbye("device"), "A member of staff will take the iPad.");
});
