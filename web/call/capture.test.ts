import assert from "node:assert/strict";
import { test } from "node:test";

import { Capture, type Kind, type Machine } from "./capture.ts";
import { FakeClock, settled } from "./fakes.ts";

/** FakeTrack is a camera's or a microphone's, which a telephone call may take. */
class FakeTrack extends EventTarget {
  enabled = true;
  readyState = "live";
  muted = false;

  constructor(
    readonly kind: Kind,
    readonly wanted: MediaTrackConstraints,
  ) {
    super();
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** becomes does what a browser does to a track: "mute", "unmute" or "ended". */
  becomes(what: "mute" | "unmute" | "ended"): void {
    this.muted = what === "mute";
    this.readyState = what === "ended" ? "ended" : this.readyState;
    this.dispatchEvent(new Event(what));
  }
}

/** phone is a machine with a camera and a microphone, and somebody who rings. */
function phone(ready = false) {
  const clock = new FakeClock();
  const world = { clock, given: [] as FakeTrack[], refuse: "" as string, seen: true, muted: false };
  const machine: Machine = {
    clock,
    obstacle: () => "",
    seen: () => world.seen,
    devices: {
      getUserMedia: async (want) => {
        if (world.refuse !== "") {
          throw Object.assign(new Error("no"), { name: world.refuse });
        }
        const made = (["audio", "video"] as const)
          .filter((kind) => want?.[kind])
          .map((kind) => Object.assign(new FakeTrack(kind, want?.[kind] as MediaTrackConstraints), { muted: world.muted }));
        world.given.push(...made);
        return { getTracks: () => made } as unknown as MediaStream;
      },
    },
  };
  const capture = new Capture(() => undefined, ready, machine);
  const last = (kind: Kind) => world.given.filter((track) => track.kind === kind).pop() as FakeTrack;
  return { world, clock, capture, last };
}

test("both are asked for in one question", async () => {
  const { world, capture } = phone();
  await capture.open();
  assert.deepEqual(world.given.map((track) => track.kind), ["audio", "video"]);
  assert.ok(capture.isOn("audio") && capture.isOn("video"));
});

test("a track that a telephone call ended is asked for again, until the call is over", async () => {
  const { world, clock, capture, last } = phone();
  await capture.open();
  world.refuse = "NotReadableError";
  last("audio").becomes("ended");
  await settled();
  assert.equal(capture.trouble("audio"), "busy");
  assert.equal(capture.outgoing("audio"), null);
  await clock.pass(30_000);
  world.refuse = "";
  await clock.pass(5000);
  assert.equal(capture.trouble("audio"), "");
  assert.equal(capture.outgoing("audio"), last("audio") as unknown as MediaStreamTrack);
  assert.equal(world.given.filter((track) => track.kind === "video").length, 1, "the camera was left alone");
});

test("one that the browser only muted comes back by itself", async () => {
  const { world, clock, capture, last } = phone();
  await capture.open();
  last("audio").becomes("mute");
  await clock.pass(2000);
  last("audio").becomes("unmute");
  await clock.pass(60_000);
  assert.equal(world.given.length, 2);
});

test("one that stays mute while the page is in sight is asked for anew", async () => {
  const { world, clock, capture, last } = phone();
  await capture.open();
  const old = last("audio");
  old.becomes("mute");
  await clock.pass(4000);
  assert.equal(old.readyState, "ended");
  assert.notEqual(last("audio"), old);
  assert.equal(world.given.length, 3);
});

test("out of sight it waits, and is asked for anew on waking", async () => {
  const { world, clock, capture, last } = phone();
  await capture.open();
  world.seen = false;
  last("audio").becomes("mute");
  await clock.pass(60_000);
  assert.equal(world.given.length, 2);
  world.seen = true;
  await capture.woke();
  assert.equal(world.given.length, 3);
});

test("a track that is given mute, during the call, is asked for again after it", async () => {
  const { world, clock, capture, last } = phone();
  await capture.open();
  world.muted = true;
  last("audio").becomes("ended");
  await settled();
  world.muted = false;
  await clock.pass(4000);
  assert.equal(capture.track("audio")?.muted, false);
});

test("a refusal for good is not asked about again", async () => {
  const { world, clock, capture } = phone();
  world.refuse = "NotAllowedError";
  await capture.open();
  assert.equal(capture.trouble("video"), "denied");
  world.refuse = "";
  await clock.pass(60_000);
  assert.equal(world.given.length, 0);
});

test("another microphone is taken in place of the first", async () => {
  const { capture, last } = phone();
  await capture.open();
  const old = last("audio");
  await capture.choose("audio", "headset");
  assert.equal(old.readyState, "ended");
  assert.deepEqual(last("audio").wanted.deviceId, { ideal: "headset" });
  last("audio").becomes("ended");
  await settled();
  assert.deepEqual(last("audio").wanted.deviceId, { ideal: "headset" }, "and again after an interruption");
});

test("a camera that is off lets go, and is not blamed", async () => {
  const { world, capture, last } = phone();
  await capture.open();
  await capture.turn("video", false);
  assert.equal(last("video").readyState, "ended");
  world.refuse = "NotReadableError";
  await capture.turn("video", true);
  assert.equal(capture.trouble("video"), "busy");
  await capture.turn("video", false);
  assert.equal(capture.trouble("video"), "");
});

test("after the visit nothing is asked for, whatever happens", async () => {
  const { world, clock, capture, last } = phone();
  await capture.open();
  world.refuse = "NotReadableError";
  last("audio").becomes("ended");
  await settled();
  capture.release();
  world.refuse = "";
  await clock.pass(60_000);
  await capture.woke();
  assert.equal(world.given.length, 2);
  assert.equal(clock.waiting, 0);
});
