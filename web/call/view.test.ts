import assert from "node:assert/strict";
import { test } from "node:test";

import type { Person } from "./protocol.ts";
import { news, viewOf, type View } from "./view.ts";
import type { Snapshot } from "./world.ts";

function person(seat: string, more: Partial<Person> = {}): Person {
  const name = seat.charAt(0).toUpperCase() + seat.slice(1);
  return { seat, role: "visitor", name, about: "", audio: true, video: true, covered: false, reconnecting: false, unheard: false, unseen: false, ...more };
}

const grace = person("grace", { role: "patient" });
const anna = person("anna", { about: "Daughter" });
const iris = person("iris", { role: "interpreter", about: "BSL interpreter" });

/** room is a snapshot with these people, each in a slot. */
function room(people: Person[], more: Partial<Snapshot> = {}): Snapshot {
  return {
    phase: "admitted",
    seated: true,
    media: "up",
    starved: false,
    hindrance: "",
    tries: 0,
    seat: "me",
    role: "visitor",
    people,
    slots: people.map((one, i) => ({ slot: i, audio: String(2 * i), video: String(2 * i + 1), seat: one.seat, paused: false })),
    locked: false,
    covered: false,
    pinned: "",
    said: "",
    end: undefined,
    ...more,
  };
}

function view(people: Person[], more: Partial<Snapshot> = {}, sign = false): View {
  return viewOf(room(people, more), { sign });
}

test("each face is in its slot, with its name", () => {
  assert.deepEqual(
    view([grace, anna]).tiles.map((tile) => [tile.slot, tile.audio, tile.video, tile.name, tile.about, tile.picture]),
    [
      [0, "0", "1", "Grace", "", true],
      [1, "2", "3", "Anna", "Daughter", true],
    ],
  );
});

test("an empty slot is no tile, nor one whose person is not here", () => {
  const now = room([grace]);
  const slots = [...now.slots, { slot: 1, audio: "2", video: "3", seat: "", paused: false }, { slot: 2, audio: "4", video: "5", seat: "x", paused: false }];
  assert.equal(viewOf({ ...now, slots }, { sign: false }).tiles.length, 1);
});

test("somebody without a slot is named", () => {
  assert.deepEqual(view([grace, anna], { slots: [{ slot: 0, audio: "0", video: "1", seat: "grace", paused: false }] }).unseen, ["Anna"]);
});

for (const [why, who, note] of [
  ["camera off", person("anna", { video: false }), "Camera is off"],
  ["camera off and muted", person("anna", { video: false, audio: false }), "Camera and sound are off"],
  ["reconnecting", person("anna", { reconnecting: true }), "Connection lost. Coming back…"],
  ["covered", person("grace", { role: "patient", covered: true }), "Covered for a moment"],
] as const) {
  test(`${why}: the last picture is not left standing`, () => {
    const tile = view([who]).tiles[0];
    assert.equal(tile?.picture, false);
    assert.equal(tile?.note, note);
  });
}

test("the patient is covered when the room says so, and is not heard either", () => {
  const tile = view([grace, anna], { covered: true }).tiles[0];
  assert.deepEqual([tile?.picture, tile?.muted], [false, true]);
  assert.equal(view([grace, anna], { covered: true }).tiles[1]?.picture, true);
});

test("an interpreter who signs is large, until somebody else is chosen", () => {
  const large = (v: View) => v.tiles.filter((tile) => tile.large).map((tile) => tile.seat);
  assert.deepEqual(large(view([grace, iris], {}, true)), ["iris"]);
  assert.deepEqual(large(view([grace, iris], {}, false)), []);
  assert.deepEqual(large(view([grace, iris], { pinned: "grace" }, true)), ["grace"]);
  assert.deepEqual(large(view([grace, iris], { pinned: "gone" }, true)), ["iris"]);
});

for (const [phase, stage] of [
  ["joining", "joining"],
  ["waiting", "waiting"],
  ["held", "waiting"],
  ["admitted", "call"],
  ["over", "over"],
] as const) {
  test(`${phase} is the stage ${stage}`, () => {
    assert.equal(view([], { phase }).stage, stage);
  });
}

for (const [media, seated, mending] of [
  ["up", true, ""],
  ["connecting", true, ""],
  ["up", false, "room"],
  ["down", true, "media"],
  ["failed", false, "media"],
] as const) {
  test(`media ${media} and ${seated ? "" : "not "}seated: mending "${mending}"`, () => {
    assert.equal(view([grace], { media, seated }).mending, mending);
  });
}

test("paths that seem well and carry nothing are being mended too", () => {
  assert.equal(view([grace], { starved: true }).mending, "media");
});

const waiting = view([], { phase: "waiting" });
const call = view([grace]);

for (const [what, before, after, said] of [
  ["arriving", undefined, waiting, ["You are in the waiting room. The ward knows you are here."]],
  ["nothing new", call, call, []],
  ["being let in", waiting, call, ["You are in the visit.", "Grace is here."]],
  ["held back", call, view([], { phase: "held" }), ["The ward has asked you to wait for a moment."]],
  ["somebody comes", call, view([grace, anna]), ["Anna is here."]],
  ["somebody goes", view([grace, anna]), call, ["Anna has left."]],
  ["a lost line", call, view([grace], { seated: false }), ["The connection was lost. It comes back by itself."]],
  ["still lost", view([grace], { seated: false }), view([grace], { seated: false, media: "down" }), []],
  ["a mended line", view([grace], { seated: false }), call, ["You are connected again."]],
  ["their camera off", call, view([{ ...grace, video: false }]), ["Grace: Camera is off"]],
  ["their camera on", view([{ ...grace, video: false }]), call, ["Grace can be seen."]],
  ["muted", call, view([{ ...grace, audio: false }]), ["Grace is muted."]],
  ["heard again", view([{ ...grace, audio: false }]), call, ["Grace can be heard."]],
  ["the end", call, view([], { phase: "over" }), []],
] as const) {
  test(`news of ${what}`, () => {
    assert.deepEqual(news(before, after), said);
  });
}
