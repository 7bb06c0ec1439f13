import assert from "node:assert/strict";
import { test } from "node:test";

import type { Person } from "./protocol.ts";
import { news } from "./news.ts";
import { nothing } from "./told.ts";
import { awaits, signer, viewOf, type Occasion, type View } from "./view.ts";
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
    ...nothing,
    phase: "admitted",
    seated: true,
    media: "up",
    seat: "me",
    role: "visitor",
    people,
    slots: people.map((one, i) => ({ slot: i, audio: String(2 * i), video: String(2 * i + 1), seat: one.seat, paused: false })),
    ...more,
  };
}

const plain: Occasion = { sign: false, as: "visitor", saving: false, zone: "Europe/London", narrow: false, dark: [], deaf: [] };

function view(people: Person[], more: Partial<Snapshot> = {}, occasion: Partial<Occasion> = {}): View {
  return viewOf(room(people, more), { ...plain, ...occasion });
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
  assert.equal(viewOf({ ...now, slots }, plain).tiles.length, 1);
});

test("somebody without a slot is named", () => {
  assert.deepEqual(view([grace, anna], { slots: [{ slot: 0, audio: "0", video: "1", seat: "grace", paused: false }] }).unseen, ["Anna"]);
});

for (const [why, who, note] of [
  ["camera off", person("anna", { video: false }), "Camera is off"],
  ["camera off and muted", person("anna", { video: false, audio: false }), "Camera and sound are off"],
  ["covered", person("grace", { role: "patient", covered: true }), "Covered for a moment"],
  ["broken", person("anna", { unseen: true }), "Their camera is not working"],
] as const) {
  test(`${why}: the last picture is not left standing`, () => {
    const tile = view([who]).tiles[0];
    assert.equal(tile?.picture, false);
    assert.equal(tile?.note, note);
  });
}

test("whoever has lost only the room is seen until nothing comes any more", () => {
  const lost = person("anna", { reconnecting: true });
  const here = view([lost]).tiles[0];
  assert.deepEqual([here?.picture, here?.note, here?.quiet, here?.lost], [true, "", "Reconnecting…", true]);
  const gone = view([lost], {}, { dark: [0] }).tiles[0];
  assert.deepEqual([gone?.picture, gone?.note, gone?.quiet], [false, "Connection lost. Coming back…", ""]);
});

test("the patient is covered when the room says so, and is not heard either", () => {
  const tile = view([grace, anna], { covered: true }).tiles[0];
  assert.deepEqual([tile?.picture, tile?.muted], [false, true]);
  assert.equal(view([grace, anna], { covered: true }).tiles[1]?.picture, true);
});

const large = (v: View) => v.tiles.filter((tile) => tile.large).map((tile) => tile.seat);
const tom = person("tom", { role: "reporter", video: false });

test("an interpreter who signs is large, beside the patient, until somebody else is chosen", () => {
  const sign = { sign: true };
  assert.deepEqual(large(view([grace, iris, anna], {}, sign)), ["grace", "iris"]);
  assert.deepEqual(large(view([anna, iris], {}, { ...sign, as: "device" })), ["iris"], "the patient's own page has no patient on it");
  assert.deepEqual(large(view([grace, iris], { pinned: "grace" }, sign)), ["grace"]);
  assert.deepEqual(large(view([grace, iris], { pinned: "gone" }, sign)), ["grace", "iris"]);
  assert.equal(signer(room([grace, iris]), true), "iris");
  assert.equal(signer(room([grace, iris]), false), "");
  assert.equal(signer(room([grace]), true), "");
});

test("an interpreter who speaks is heard first: the others have the room", () => {
  assert.deepEqual(large(view([grace, anna, iris])), ["grace", "anna"]);
  assert.deepEqual(large(view([iris])), [], "alone there is nothing to be smaller than");
});

test("for an interpreter both sides are as large as each other", () => {
  assert.deepEqual(large(view([grace, anna], {}, { as: "interpreter", sign: true })), []);
  assert.deepEqual(large(view([grace, anna], {}, { as: "interpreter" })), []);
});

test("whoever types what is said takes little room, and is no camera that is off", () => {
  const v = view([grace, tom]);
  assert.deepEqual(large(v), ["grace"]);
  assert.equal(v.tiles[1]?.note, "Types what is said");
  assert.equal(v.captioned, true);
  assert.equal(view([grace]).captioned, false);
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

test("a picture that is paused says so, and that the voice is still there", () => {
  const now = room([grace]);
  const slots = now.slots.map((slot) => ({ ...slot, paused: true }));
  const tile = (people: Person[]) => viewOf({ ...now, people, slots }, plain).tiles[0];
  assert.deepEqual(
    [tile([grace])?.picture, tile([grace])?.note],
    [false, "Picture paused: your connection is slow. You can still hear them."],
  );
  assert.equal(tile([{ ...grace, audio: false }])?.note, "Picture paused: your connection is slow.");
});

test("what does not arrive is said on its tile, the nearer reason first", () => {
  const note = (who: Person, occasion: Partial<Occasion>) => view([who], {}, occasion).tiles[0]?.note;
  assert.equal(note(anna, { dark: [0] }), "Their picture is not arriving. We are trying to get it back.");
  assert.equal(note(anna, { dark: [1] }), "");
  assert.equal(note({ ...anna, unseen: true }, { dark: [0] }), "Their camera is not working");
  assert.equal(note(anna, { saving: true, dark: [0] }), "Sound only: you use less data");
  const quiet = (who: Person, occasion: Partial<Occasion>) => view([who], {}, occasion).tiles[0]?.quiet;
  assert.equal(quiet(anna, { deaf: [0] }), "Their sound is not arriving");
  assert.equal(quiet({ ...anna, unheard: true }, {}), "Their microphone is not working");
  assert.equal(quiet({ ...anna, unheard: true, audio: false }, { deaf: [0] }), "", "whoever is muted is not broken");
  assert.equal(quiet(anna, {}), "");
});

test("whoever speaks is marked, unless they cannot be heard", () => {
  const marked = (who: Person) => view([who], { speaking: [who.seat] }).tiles[0]?.speaking;
  assert.equal(marked(anna), true);
  assert.equal(marked({ ...anna, audio: false }), false);
  assert.equal(marked({ ...anna, reconnecting: true }), true);
  assert.equal(view([anna], { speaking: ["grace"] }).tiles[0]?.speaking, false);
});

test("only what should come now is missed", () => {
  const slot = { slot: 0, audio: "0", video: "1", seat: "anna", paused: false };
  const misses = (who: Person, more: Partial<Snapshot> = {}, occasion: Partial<Occasion> = {}) =>
    Object.values(awaits({ ...slot, seat: who.seat }, room([who], more), { ...plain, ...occasion }));
  assert.deepEqual(misses(anna), [true, true]);
  assert.deepEqual(misses({ ...anna, video: false }), [true, false]);
  assert.deepEqual(misses({ ...anna, audio: false }), [false, true]);
  assert.deepEqual(misses({ ...anna, reconnecting: true }), [true, true]);
  assert.deepEqual(misses(grace, { covered: true }), [false, false]);
  assert.deepEqual(misses(anna, {}, { saving: true }), [true, false]);
  assert.deepEqual(misses(anna, { phase: "held" }), [false, false]);
  assert.deepEqual(Object.values(awaits({ ...slot, paused: true }, room([anna]), plain)), [true, false]);
  assert.deepEqual(Object.values(awaits({ ...slot, seat: "" }, room([anna]), plain)), [false, false]);
});

test("a hospital that renews its service says so in place of a lost network", () => {
  assert.equal(view([grace], { seated: false, hindrance: "draining" }).mending, "update");
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
  ["a broken microphone", call, view([{ ...grace, unheard: true }]), ["Grace: Their microphone is not working"]],
  ["a mended microphone", view([{ ...grace, unheard: true }]), call, ["Grace can be heard."]],
  ["a slow way up", call, view([grace], {}, { narrow: true }), ["Your connection is slow. Others may see you late."]],
  ["a better way up", view([grace], {}, { narrow: true }), call, ["Your connection is better again."]],
  ["a hospital's update", call, view([grace], { seated: false, hindrance: "draining" }), ["The hospital is updating this service. Your visit goes on in a moment, by itself."]],
  ["speech", call, view([grace], { speaking: ["grace"] }), []],
  ["the end", call, view([], { phase: "over" }), []],
] as const) {
  test(`news of ${what}`, () => {
    assert.deepEqual(news(before, after), said);
  });
}
