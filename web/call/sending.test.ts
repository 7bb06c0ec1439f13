import assert from "node:assert/strict";
import { test } from "node:test";

import type { Kind } from "./capture.ts";
import { settled } from "./fakes.ts";
import { Sending, type Sender } from "./sending.ts";

const camera = { kind: "video" } as MediaStreamTrack;
const other = { kind: "video" } as MediaStreamTrack;

/** SlowSender replaces its track only when a test lets it, as browsers do in their own time. */
class SlowSender implements Sender {
  track: MediaStreamTrack | null = null;
  private waiting: (() => void)[] = [];

  replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(() => {
        this.track = track;
        resolve();
      });
    });
  }

  /** finish lets every replacement happen, and those that follow from it. */
  async finish(): Promise<void> {
    do {
      this.waiting.shift()?.();
      await settled();
    } while (this.waiting.length > 0);
  }
}

function sending() {
  const video = new SlowSender();
  const wanted: { [kind in Kind]: MediaStreamTrack | null } = { audio: null, video: null };
  const it = new Sending({ outgoing: (kind) => wanted[kind] }, { audio: new SlowSender(), video });
  const want = (track: MediaStreamTrack | null) => {
    wanted.video = track;
    void it.update();
  };
  return { video, want };
}

test("what is wanted is sent", async () => {
  const { video, want } = sending();
  want(camera);
  await video.finish();
  assert.equal(video.track, camera);
});

test("off and on again in one instant ends as on", async () => {
  const { video, want } = sending();
  want(camera);
  await video.finish();
  want(null);
  await settled();
  want(camera);
  await video.finish();
  assert.equal(video.track, camera);
});

test("on and off again in one instant ends as off", async () => {
  const { video, want } = sending();
  want(camera);
  await settled();
  want(null);
  await video.finish();
  assert.equal(video.track, null);
});

test("of several changes the last is what is sent", async () => {
  const { video, want } = sending();
  want(camera);
  want(null);
  want(other);
  await video.finish();
  assert.equal(video.track, other);
});

test("a connection that is closed is no reason to stop", async () => {
  const closed: Sender = { track: null, replaceTrack: () => Promise.reject(new Error("closed")) };
  const it = new Sending({ outgoing: () => camera }, { audio: closed, video: closed });
  await it.update();
  await it.update();
});
