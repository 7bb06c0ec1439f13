import assert from "node:assert/strict";
import { test } from "node:test";

import { settled } from "./fakes.ts";
import { Shaping, type Shapeable } from "./shaping.ts";

/** StrictSender refuses parameters that were read before the last change, as browsers do. */
class StrictSender implements Shapeable {
  encodings: RTCRtpEncodingParameters[];
  degradation = "";
  changes = 0;
  private issued = 0;

  constructor(rids: string[]) {
    this.encodings = rids.map((rid) => ({ rid }));
  }

  getParameters(): RTCRtpSendParameters {
    const encodings = this.encodings.map((one) => ({ ...one }));
    return { encodings, transactionId: String(++this.issued) } as unknown as RTCRtpSendParameters;
  }

  async setParameters(parameters: RTCRtpSendParameters): Promise<void> {
    await settled();
    if (parameters.transactionId !== String(this.issued)) {
      throw new Error("InvalidStateError");
    }
    this.encodings = parameters.encodings;
    this.degradation = parameters.degradationPreference ?? "";
    this.changes++;
  }
}

function shaping(rids = ["l", "m", "h"]) {
  const audio = new StrictSender([""]);
  const video = new StrictSender(rids);
  return { audio, video, it: new Shaping({ audio, video }) };
}

test("several wishes in one instant follow each other, and the last one stands", async () => {
  const { audio, video, it } = shaping();
  void it.apply({ from: "bed", ease: 2, saving: false, sparing: false });
  void it.apply({ from: "bed", ease: 1, saving: true, sparing: false });
  await it.apply({ from: "bed", ease: 0, saving: false, sparing: false });
  assert.deepEqual(video.encodings.map((one) => one.active), [true, true, true]);
  assert.equal(audio.encodings[0]?.maxBitrate, 26_000);
  assert.equal(video.changes, 3, "none was refused");
});

test("whoever saves sends a smaller voice", async () => {
  const { audio, it } = shaping();
  await it.apply({ from: "phone", ease: 0, saving: true, sparing: false });
  assert.equal(audio.encodings[0]?.maxBitrate, 18_000);
  assert.equal(audio.encodings[0]?.networkPriority, "high");
});

test("for a narrow line elsewhere a voice is smaller still", async () => {
  const { audio, it } = shaping();
  await it.apply({ from: "phone", ease: 0, saving: false, sparing: true });
  assert.equal(audio.encodings[0]?.maxBitrate, 14_000);
  await it.apply({ from: "phone", ease: 0, saving: true, sparing: true });
  assert.equal(audio.encodings[0]?.maxBitrate, 14_000);
  await it.apply({ from: "phone", ease: 0, saving: false, sparing: false });
  assert.equal(audio.encodings[0]?.maxBitrate, 26_000);
});

test("hands keep their frames, a face gives a little of both", async () => {
  const { video, it } = shaping();
  await it.apply({ from: "hands", ease: 0, saving: false, sparing: false });
  assert.equal(video.degradation, "maintain-framerate");
  await it.apply({ from: "phone", ease: 0, saving: false, sparing: false });
  assert.equal(video.degradation, "balanced");
});

test("a browser that refuses is left as it is, and asked again the next time", async () => {
  const { video, it } = shaping();
  const set = video.setParameters.bind(video);
  video.setParameters = () => Promise.reject(new Error("not here"));
  await it.apply({ from: "bed", ease: 1, saving: false, sparing: false });
  assert.equal(video.changes, 0);
  video.setParameters = set;
  await it.apply({ from: "bed", ease: 1, saving: false, sparing: false });
  assert.equal(video.changes, 1);
});

test("an old browser that knows no encodings is not asked", async () => {
  const { video, it } = shaping([]);
  await it.apply({ from: "bed", ease: 1, saving: false, sparing: false });
  assert.equal(video.changes, 0);
});
