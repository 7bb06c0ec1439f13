import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeWorld, settled, type Line } from "./fakes.ts";
import { Room } from "./room.ts";
import { TurnedAway } from "./world.ts";

const grace = {
  seat: "patient",
  role: "patient",
  name: "Grace",
  about: "",
  audio: true,
  video: true,
  covered: false,
  reconnecting: false,
  unheard: false,
  unseen: false,
};
const slots = [{ slot: 0, audio: "2", video: "3", seat: "patient", paused: false }];

function welcome(standing: string, more: object = {}) {
  return {
    type: "welcome",
    v: 2,
    seat: "anna",
    role: "visitor",
    standing,
    resume: "secret-1",
    seq: 0,
    sdp: "answer-0",
    capacity: 6,
    ...more,
  };
}

/** knocked is a room whose join has been sent. */
async function knocked(world = new FakeWorld()) {
  const room = new Room(world);
  room.sends(true, true);
  room.join();
  await open(world);
  return { world, room };
}

/** open lets the last socket open, and waits for the join. */
async function open(world: FakeWorld): Promise<Line> {
  world.line.ears.opened();
  await settled();
  return world.line;
}

/** seated is a room that has been let in. */
async function seated(standing = "admitted") {
  const { world, room } = await knocked();
  world.line.say(welcome(standing));
  if (standing === "admitted") {
    world.line.say({ type: "people", locked: false, covered: false, people: [grace] });
    world.line.say({ type: "slots", slots });
  }
  room.mediaIs("connecting");
  room.mediaIs("up");
  await settled();
  return { world, room };
}

// ---- coming in ----

test("the first frame is a join with a ticket and the one offer", async () => {
  const { world } = await knocked();
  assert.deepEqual(world.line.got, [
    { type: "join", v: 2, ticket: "ticket-1", sdp: "offer-1", audio: true, video: true },
  ]);
  assert.deepEqual(world.servers, [{ urls: ["stun:x"] }]);
});

test("a socket that opens late is waited for, and one that opens early waits for the offer", async () => {
  const world = new FakeWorld();
  new Room(world).join();
  await settled();
  assert.deepEqual(world.line.types, []);
  await open(world);
  assert.deepEqual(world.line.types, ["join"]);
});

test("somebody who waits is told so, and of nobody", async () => {
  const { world, room } = await knocked();
  world.line.say(welcome("waiting"));
  world.line.say({ type: "say", text: "Nearly ready." });
  assert.equal(room.now.phase, "waiting");
  assert.equal(room.now.said, "Nearly ready.");
  assert.equal(room.now.seat, "anna");
  assert.deepEqual(room.now.people, []);
  assert.deepEqual(world.answers, ["answer-0"]);
  assert.equal(world.secret, "secret-1");
});

test("being let in brings people and slots, and what the ward said is done with", async () => {
  const { world, room } = await seated("waiting");
  world.line.say({ type: "say", text: "Nearly ready." });
  world.line.say({ type: "standing", standing: "admitted" });
  world.line.say({ type: "people", locked: true, covered: true, people: [grace] });
  world.line.say({ type: "slots", slots });
  assert.equal(room.now.phase, "admitted");
  assert.equal(room.now.said, "");
  assert.deepEqual(room.now.people, [grace]);
  assert.deepEqual(room.now.slots, slots);
  assert.equal(room.now.locked, true);
  assert.equal(room.now.covered, true);
});

test("being asked to wait again forgets everybody", async () => {
  const { world, room } = await seated();
  world.line.say({ type: "standing", standing: "held" });
  assert.equal(room.now.phase, "held");
  assert.deepEqual(room.now.people, []);
  assert.deepEqual(room.now.slots, []);
});

test("the time from being let in to the first picture is measured once, and again after a wait", async () => {
  const { world, room } = await seated("waiting");
  room.sawPicture();
  world.line.say({ type: "standing", standing: "admitted" });
  await world.clock.pass(310);
  room.sawPicture();
  await world.clock.pass(1000);
  room.sawPicture();
  const quality = { path: "udp", rtt: 1, freezes: 0, frozen: 0, concealed: 0, lost: 0, fps: 1, kbps: 1, dark: 0, deaf: 0 } as const;
  room.report(quality);
  assert.equal(world.line.last("stats")?.first, 310);
  world.line.say({ type: "standing", standing: "held" });
  world.line.say({ type: "standing", standing: "admitted" });
  room.report(quality);
  assert.equal(world.line.last("stats")?.first, 0);
});

// ---- refused ----

for (const [code, after, hindrance] of [
  ["room_locked", 10_000, "room_locked"],
  ["room_full", 10_000, "room_full"],
  ["seat_taken", 2500, "seat_taken"],
  ["busy", 3000, "busy"],
  ["bad_ticket", 500, ""],
] as const) {
  test(`a join refused with ${code} is tried again with another ticket`, async () => {
    const { world, room } = await knocked();
    world.line.say({ type: "refused", code, frame: "join" });
    assert.equal(room.now.phase, "joining");
    assert.equal(room.now.hindrance, hindrance);
    await world.clock.pass(after - 1);
    assert.equal(world.lines.length, 1);
    await world.clock.pass(1);
    assert.equal(world.lines.length, 2);
    await open(world);
    assert.equal(world.line.last("join")?.v, 2);
    assert.equal(world.tickets, 2);
  });
}

for (const code of ["removed", "room_over", "not_expected", "version", "bad_offer"]) {
  test(`a join refused with ${code} is final`, async () => {
    const { world, room } = await knocked();
    world.line.say({ type: "refused", code, frame: "join" });
    assert.deepEqual(room.now.end, { kind: "refused", code, text: "" });
    assert.equal(room.now.phase, "over");
    assert.ok(world.closed);
    await world.clock.pass(60_000);
    assert.equal(world.lines.length, 1);
  });
}

test("tickets that are refused over and over are given up", async () => {
  const { world, room } = await knocked();
  for (let i = 0; i < 4; i++) {
    world.line.say({ type: "refused", code: "bad_ticket", frame: "join" });
    await world.clock.pass(1000);
    await open(world);
  }
  assert.deepEqual(room.now.end, { kind: "refused", code: "bad_ticket", text: "" });
});

test("a no from the ticket office is final when it says so, and may be asked again by hand", async () => {
  const world = new FakeWorld();
  world.issue = () => Promise.reject(new TurnedAway("visit_over", "This visit is over."));
  const { room } = await knocked(world);
  assert.deepEqual(room.now.end, { kind: "refused", code: "visit_over", text: "This visit is over." });
  world.issue = async () => ({ ticket: "fresh", iceServers: [] });
  room.join();
  await open(world);
  assert.equal(room.now.end, undefined);
  assert.deepEqual(world.line.types, ["join"]);
});

test("somebody too early is let in by waiting", async () => {
  const world = new FakeWorld();
  const issue = world.issue;
  world.issue = () => Promise.reject(new TurnedAway("not_open_yet"));
  const { room } = await knocked(world);
  assert.equal(room.now.hindrance, "not_open_yet");
  world.issue = issue;
  await world.clock.pass(15_000);
  await open(world);
  assert.deepEqual(world.line.types, ["join"]);
});

test("a ticket office that does not answer is asked again, with growing pauses", async () => {
  const world = new FakeWorld();
  world.issue = () => Promise.reject(new Error("offline"));
  await knocked(world);
  const dialled: number[] = [];
  for (let i = 0; i < 30_000; i += 50) {
    const before = world.lines.length;
    await world.clock.pass(50);
    if (world.lines.length > before) {
      dialled.push(world.clock.now());
    }
  }
  const gaps = dialled.map((at, i) => at - (dialled[i - 1] ?? 0));
  assert.ok(dialled.length >= 6, `only ${dialled.length} tries`);
  assert.ok((gaps[0] ?? 0) <= 200, `first try after ${gaps[0]} ms`);
  assert.ok(Math.max(...gaps) <= 5000, `a gap of ${Math.max(...gaps)} ms`);
  assert.ok((gaps[4] ?? 0) > (gaps[1] ?? 0), `gaps do not grow: ${gaps.join()}`);
});

// ---- losing the socket ----

test("a lost socket is dialled at once, and only the seat is asked for: the media goes on", async () => {
  const { world, room } = await seated();
  world.line.ears.closed(1006, "");
  assert.equal(room.now.seated, false);
  assert.deepEqual(room.now.people, [grace], "what was known stays");
  await world.clock.pass(200);
  await open(world);
  assert.deepEqual(world.line.got, [{ type: "join", v: 2, resume: "secret-1", audio: true, video: true }]);
  assert.equal(world.tickets, 1);
  assert.equal(world.offers, 1);
  world.line.say(welcome("admitted", { sdp: "", resume: "secret-2" }));
  assert.equal(room.now.seated, true);
  assert.equal(room.now.tries, 0);
  assert.equal(world.secret, "secret-2");
  assert.deepEqual(world.answers, ["answer-0"]);
});

test("a seat that is no longer held is taken anew, with a new connection", async () => {
  const { world } = await seated();
  world.line.ears.closed(1006, "");
  await world.clock.pass(200);
  await open(world);
  world.line.say({ type: "refused", code: "resume_unknown", frame: "join" });
  await world.clock.pass(10);
  await open(world);
  assert.deepEqual(world.line.got, [
    { type: "join", v: 2, ticket: "ticket-2", sdp: "offer-2", audio: true, video: true },
  ]);
});

test("a server that stops is rejoined with a new ticket, after a pause", async () => {
  const { world } = await seated();
  world.line.ears.closed(1012, "");
  await world.clock.pass(200);
  assert.equal(world.lines.length, 1);
  await world.clock.pass(300);
  const line = await open(world);
  assert.equal(line.last("join") && "ticket" in (line.last("join") ?? {}), true);
});

test("a server that is about to be renewed says so, and the visit goes on by itself after", async () => {
  const { world, room } = await seated();
  world.line.ears.closed(1012, "");
  await world.clock.pass(600);
  await open(world);
  world.line.say({ type: "refused", code: "draining", frame: "join" });
  assert.equal(room.now.hindrance, "draining");
  assert.equal(room.now.phase, "admitted", "the page stays where it is");
  assert.deepEqual(room.now.people, [grace]);
  await world.clock.pass(5000);
  const line = await open(world);
  line.say(welcome("admitted"));
  assert.equal(room.now.hindrance, "");
  assert.equal(room.now.seated, true);
});

test("a reloaded page takes its own seat back with a new connection", async () => {
  const world = new FakeWorld();
  world.secret = "secret-9";
  await knocked(world);
  assert.deepEqual(world.line.got, [
    { type: "join", v: 2, resume: "secret-9", sdp: "offer-1", audio: true, video: true },
  ]);
});

for (const code of [1009, 4400, 4401, 4402]) {
  test(`a socket closed with ${code} is not dialled again`, async () => {
    const { world, room } = await seated();
    world.line.ears.closed(code, "");
    assert.deepEqual(room.now.end, { kind: "broken", code: String(code) });
    await world.clock.pass(60_000);
    assert.equal(world.lines.length, 1);
  });
}

for (const code of [1011, 4408, 4413, 4429]) {
  test(`a socket closed with ${code} is resumed`, async () => {
    const { world } = await seated();
    world.line.ears.closed(code, "");
    await world.clock.pass(600);
    const line = await open(world);
    assert.deepEqual(line.last("join"), { type: "join", v: 2, resume: "secret-1", audio: true, video: true });
  });
}

test("a socket that no longer answers is given up and dialled anew", async () => {
  const { world, room } = await seated();
  const first = world.line;
  await world.clock.pass(4000);
  assert.deepEqual(first.last("ping"), { type: "ping", n: 1 });
  first.say({ type: "pong", n: 1 });
  await world.clock.pass(4000);
  assert.deepEqual(first.last("ping"), { type: "ping", n: 2 });
  await world.clock.pass(5000);
  assert.equal(room.now.seated, false);
  assert.ok(first.hungUp);
  await world.clock.pass(200);
  assert.equal(world.lines.length, 2);
});

test("what an abandoned socket says comes too late", async () => {
  const { world, room } = await seated();
  const first = world.line;
  first.ears.closed(1006, "");
  await world.clock.pass(200);
  await open(world);
  first.say({ type: "ended", reason: "ended" });
  first.ears.closed(4410, "");
  assert.equal(room.now.phase, "admitted");
});

test("a join that is never answered is tried again", async () => {
  const { world } = await knocked();
  await world.clock.pass(12_500);
  assert.equal(world.lines.length, 2);
});

test("waking up asks at once whether the socket lives", async () => {
  const { world, room } = await seated();
  room.woke(false);
  assert.deepEqual(world.line.last("ping"), { type: "ping", n: 1 });
  await world.clock.pass(2000);
  assert.equal(room.now.seated, false);
});

test("a network that is back is used at once, without waiting out the pause", async () => {
  const { world, room } = await seated();
  for (let i = 0; i < 8; i++) {
    world.line.ears.closed(1006, "");
    await world.clock.pass(3000);
  }
  world.line.ears.closed(1006, "");
  const before = world.lines.length;
  room.woke(true);
  assert.equal(world.lines.length, before + 1);
});

// ---- losing the network ----

test("when nothing comes the socket is asked, and if it is late another is dialled beside it", async () => {
  const { world, room } = await seated();
  await world.clock.pass(1500);
  const old = world.line;
  room.hears(500);
  assert.equal(old.last("ping"), undefined);
  room.hears(750);
  assert.deepEqual(old.last("ping"), { type: "ping", n: 1 });
  await world.clock.pass(400);
  assert.equal(world.lines.length, 2);
  assert.equal(old.hungUp, false, "it may yet live");
  assert.equal(room.now.seated, true);
});

test("the one beside asks for seat and new paths in one breath", async () => {
  const { world, room } = await seated();
  await world.clock.pass(1500);
  const old = world.line;
  room.hears(750);
  await world.clock.pass(400);
  const line = await open(world);
  assert.ok(old.hungUp);
  assert.deepEqual(line.got, [
    { type: "join", v: 2, resume: "secret-1", audio: true, video: true },
    { type: "offer", seq: 1, sdp: "restart-1" },
  ]);
  line.say(welcome("admitted", { sdp: "" }));
  line.say({ type: "answer", seq: 1, sdp: "answer-1" });
  await settled();
  assert.deepEqual(world.answers, ["answer-0", "answer-1"]);
  assert.deepEqual(line.types, ["join", "offer"], "nothing is asked twice");
  assert.equal(world.tickets, 1);
});

test("an old socket that answers after all is kept, and the one beside it is not", async () => {
  const { world, room } = await seated();
  await world.clock.pass(1500);
  const old = world.line;
  room.hears(750);
  await world.clock.pass(400);
  const beside = world.line;
  old.say({ type: "pong", n: 1 });
  assert.ok(beside.hungUp);
  beside.ears.opened();
  await settled();
  assert.deepEqual(beside.got, []);
  assert.equal(old.hungUp, false);
  assert.equal(room.now.seated, true);
});

test("one beside that fails is followed by others, for as long as the old is silent", async () => {
  const { world, room } = await seated();
  await world.clock.pass(1500);
  room.hears(750);
  await world.clock.pass(400);
  world.line.ears.closed(1006, "");
  await world.clock.pass(300);
  assert.equal(world.lines.length, 3);
  await world.clock.pass(1300); // the old one is given up, and the one beside takes its place
  assert.equal(room.now.seated, false);
  assert.equal(world.lines.length, 3);
  await world.clock.pass(200);
  const line = await open(world);
  assert.deepEqual(line.types, ["join", "offer"]);
});

test("on another network no time is lost waiting for the old socket", async () => {
  const { world, room } = await seated();
  room.woke(true);
  await world.clock.pass(0);
  assert.equal(world.lines.length, 2);
  const line = await open(world);
  assert.deepEqual(line.types, ["join", "offer"]);
});

test("a network that was only gone for a moment costs nothing", async () => {
  const { world, room } = await seated();
  const old = world.line;
  room.woke(true);
  old.say({ type: "pong", n: 1 });
  await world.clock.pass(0);
  assert.equal(world.restarts, 0);
  assert.equal(world.lines.length, 1);
});

test("a socket that lives on although nothing comes is asked for new paths after a move", async () => {
  const { world, room } = await seated();
  room.hears(250);
  room.woke(true);
  world.line.say({ type: "pong", n: 1 });
  await settled();
  assert.deepEqual(world.line.last("offer"), { type: "offer", seq: 1, sdp: "restart-1" });
});

test("while sound flows the door is knocked at every second or two, and paths are left alone", async () => {
  const { world, room } = await seated();
  world.line.ears.closed(1006, "");
  await world.clock.pass(30_000); // nobody opens
  const knocks = world.lines.length - 1;
  assert.ok(knocks >= 15 && knocks <= 22, `${knocks} knocks in 30 s`);
  const line = await open(world);
  assert.deepEqual(line.types, ["join"]);
  assert.equal(room.now.phase, "admitted");
});

test("when nothing flows either, a join is given ever more time", async () => {
  const { world, room } = await seated();
  room.hears(1000);
  world.line.ears.closed(1006, "");
  await world.clock.pass(60_000);
  assert.ok(world.lines.length <= 9, `${world.lines.length} dials in a minute`);
});

test("new paths that the room finds too soon are asked for again", async () => {
  const { world, room } = await seated();
  room.mediaIs("down");
  await settled();
  world.line.say({ type: "refused", code: "too_soon", frame: "offer" });
  world.line.say({ type: "pong", n: 1 });
  await world.clock.pass(2500);
  assert.equal(world.line.last("offer")?.seq, 2);
});

// ---- losing the media ----

test("media that stops is restarted through the same socket", async () => {
  const { world, room } = await seated();
  room.mediaIs("down");
  await settled();
  assert.deepEqual(world.line.last("offer"), { type: "offer", seq: 1, sdp: "restart-1" });
  world.line.say({ type: "answer", seq: 0, sdp: "stale" });
  world.line.say({ type: "answer", seq: 1, sdp: "answer-1" });
  assert.deepEqual(world.answers, ["answer-0", "answer-1"]);
});

test("if that brings nothing, a new connection is made into the same seat", async () => {
  const { world, room } = await seated();
  room.mediaIs("down");
  world.line.say({ type: "pong", n: 1 });
  await world.clock.pass(5000);
  const line = await open(world);
  assert.equal(world.lines.length, 2);
  assert.deepEqual(line.last("join"), {
    type: "join",
    v: 2,
    resume: "secret-1",
    sdp: "offer-2",
    audio: true,
    video: true,
  });
});

test("the number of a restart grows for as long as the page lives", async () => {
  const { world, room } = await seated();
  room.mediaIs("down");
  await settled();
  room.mediaIs("up");
  world.line.ears.closed(1006, "");
  await world.clock.pass(3000);
  await open(world);
  world.line.say(welcome("admitted", { sdp: "" }));
  room.mediaIs("down");
  await settled();
  assert.equal(world.line.last("offer")?.seq, 2);
});

test("a restart that is refused for good is followed by a new connection", async () => {
  const { world, room } = await seated();
  room.mediaIs("down");
  await settled();
  world.line.say({ type: "refused", code: "too_soon", frame: "offer" });
  assert.equal(world.lines.length, 1);
  world.line.say({ type: "refused", code: "bad_offer", frame: "offer" });
  assert.equal(world.lines.length, 2);
});

test("an answer that the browser cannot use is followed by a new connection", async () => {
  const world = new FakeWorld();
  world.media.answer = () => Promise.reject(new Error("no"));
  await knocked(world);
  world.line.say(welcome("waiting"));
  await settled();
  assert.equal(world.lines.length, 2);
});

test("a call that starves gets new paths, then a new connection", async () => {
  const { world, room } = await seated();
  room.starves(true, "restart");
  await settled();
  assert.equal(world.line.last("offer")?.sdp, "restart-1");
  assert.equal(room.now.starved, true);
  room.starves(true, "renew");
  assert.equal(world.lines.length, 2);
  room.starves(false, "");
  assert.equal(room.now.starved, false);
});

// ---- saying things ----

test("microphone and camera are told once for each change", async () => {
  const { world, room } = await seated();
  room.sends(false, true);
  room.sends(false, true);
  assert.deepEqual(
    world.line.got.filter((frame) => frame.type === "state"),
    [{ type: "state", audio: false, video: true }],
  );
});

test("a camera that comes while we are coming in is told as soon as we are in", async () => {
  const { world, room } = await knocked();
  room.sends(true, false);
  room.sends(false, true);
  world.line.say(welcome("admitted"));
  await settled();
  assert.deepEqual(
    world.line.got.filter((frame) => frame.type === "state"),
    [{ type: "state", audio: false, video: true }],
  );
});

test("the join tells of the camera as it is when the socket has opened", async () => {
  const world = new FakeWorld();
  const room = new Room(world);
  room.join();
  await settled();
  room.sends(true, true);
  await open(world);
  world.line.say(welcome("admitted"));
  await settled();
  const [join] = world.line.got;
  assert.deepEqual(join && "audio" in join && [join.audio, join.video], [true, true]);
  assert.deepEqual(world.line.got.filter((frame) => frame.type === "state"), []);
});

test("a pin is told again to a room that may have forgotten it", async () => {
  const { world, room } = await seated();
  room.pin("patient");
  assert.deepEqual(world.line.last("pin"), { type: "pin", seat: "patient" });
  world.line.ears.closed(1012, "");
  await world.clock.pass(600);
  const line = await open(world);
  line.say(welcome("admitted"));
  assert.deepEqual(line.last("pin"), { type: "pin", seat: "patient" });
});

test("nothing is said to a room that cannot hear", async () => {
  const { world, room } = await seated();
  world.line.ears.closed(1006, "");
  const before = world.line.got.length;
  room.pin("patient");
  room.cover(true);
  room.finish();
  assert.equal(world.line.got.length, before);
});

test("whoever signs is asked for until somebody else is chosen, and again after", async () => {
  const { world, room } = await seated();
  const pins = () => world.line.got.flatMap((frame) => (frame.type === "pin" ? [frame.seat] : []));
  room.favours("iris");
  room.favours("iris");
  room.pin("patient");
  room.pin("");
  assert.deepEqual(pins(), ["iris", "patient", "iris"]);
  assert.equal(room.now.pinned, "", "nobody was chosen by hand");
  world.line.ears.closed(1006, "");
  await world.clock.pass(200);
  const line = await open(world);
  line.say(welcome("admitted", { sdp: "" }));
  assert.deepEqual(pins(), ["iris"]);
});

test("how large faces are drawn is said again to a room that may have forgotten it", async () => {
  const { world, room } = await seated();
  const slots = [{ slot: 0, width: 800, height: 600 }];
  room.views(slots, true);
  assert.deepEqual(world.line.last("view"), { type: "view", slots, saving: true });
  world.line.ears.closed(1012, "");
  room.views([], true);
  await world.clock.pass(600);
  const line = await open(world);
  line.say(welcome("admitted"));
  assert.deepEqual(line.last("view"), { type: "view", slots: [], saving: true });
});

test("words are written only where somebody can read them", async () => {
  const { world, room } = await seated();
  assert.equal(room.writes("Hello", true), true);
  assert.deepEqual(world.line.last("line"), { type: "line", text: "Hello", done: true });
  world.line.say({ type: "standing", standing: "held" });
  assert.equal(room.writes("Hello", true), false);
  world.line.say({ type: "standing", standing: "admitted" });
  world.line.ears.closed(1006, "");
  assert.equal(room.writes("Hello", true), false);
});

const hello = { n: 1, seat: "patient", name: "Grace", kind: "chat", text: "Hello", done: true };

test("written words are added, and told anew after each welcome", async () => {
  const { world, room } = await seated();
  world.line.say({ type: "lines", lines: [hello] });
  world.line.say({ type: "lines", lines: [{ ...hello, n: 2, text: "Anna" }] });
  assert.deepEqual(room.now.lines.map((line) => line.text), ["Hello", "Anna"]);
  world.line.ears.closed(1012, "");
  await world.clock.pass(600);
  const line = await open(world);
  line.say(welcome("admitted"));
  assert.equal(room.now.lines.length, 2, "they stay until there are others");
  line.say({ type: "lines", lines: [{ ...hello, text: "A new room" }] });
  assert.deepEqual(room.now.lines.map((line) => line.text), ["A new room"]);
});

test("who speaks, what does not arrive, and who looks is known", async () => {
  const { world, room } = await seated("waiting");
  world.line.say({ type: "looked", on: true });
  world.line.say({ type: "trouble", audio: "silent", video: "none" });
  assert.equal(room.now.looked, true);
  assert.deepEqual(room.now.trouble, { audio: "silent", video: "none" });
  world.line.say({ type: "standing", standing: "admitted" });
  world.line.say({ type: "speaking", seats: ["patient"] });
  assert.equal(room.now.looked, false);
  assert.deepEqual(room.now.speaking, ["patient"]);
  world.line.say({ type: "standing", standing: "held" });
  assert.deepEqual(room.now.speaking, []);
  assert.equal(room.now.trouble.audio, "silent", "the room says so once");
});

test("a new connection begins without the troubles of the old", async () => {
  const { world, room } = await seated();
  world.line.say({ type: "trouble", audio: "none", video: "" });
  room.mediaIs("down");
  world.line.say({ type: "pong", n: 1 });
  await world.clock.pass(5000);
  const line = await open(world);
  line.say(welcome("admitted"));
  assert.deepEqual(room.now.trouble, { audio: "", video: "" });
});

// ---- the end ----

for (const reason of ["ended", "finished", "removed", "replaced"]) {
  test(`after ended (${reason}) nothing is tried again`, async () => {
    const { world, room } = await seated();
    world.line.say({ type: "ended", reason });
    world.line.ears.closed(4410, "");
    assert.deepEqual(room.now.end, { kind: "ended", reason });
    assert.deepEqual(room.now.people, []);
    assert.equal(world.secret, "");
    assert.ok(world.closed);
    await world.clock.pass(60_000);
    assert.equal(world.lines.length, 1);
    assert.equal(world.clock.waiting, 0);
  });
}

test("leaving says so, and needs no answer", async () => {
  const { world, room } = await seated();
  room.leave();
  assert.deepEqual(world.line.types.slice(-1), ["leave"]);
  assert.ok(world.line.hungUp);
  assert.deepEqual(room.now.end, { kind: "ended", reason: "left" });
});

test("what the page shows never holds the secret", async () => {
  const { world } = await seated();
  assert.ok(world.shown.length > 0);
  assert.equal(JSON.stringify(world.shown).includes("secret"), false);
});
