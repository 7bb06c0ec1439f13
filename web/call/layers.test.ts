import assert from "node:assert/strict";
import { test } from "node:test";

import { ladder, pictureRate, shaped, type Shape } from "./layers.ts";
import { codecsFor } from "./media.ts";

const bed: Shape = { from: "bed", ease: 0, sparing: false };

/** sent is what a browser's encodings become. */
function sent(shape: Shape, rids: string[] = ["l", "m", "h"]) {
  const encodings: RTCRtpEncodingParameters[] = rids.map((rid) => (rid === "" ? {} : { rid }));
  shaped(encodings, shape);
  return encodings;
}

for (const from of ["bed", "phone", "hands"] as const) {
  test(`from the ${from} three layers are sent, the smallest first, each worth more than the last`, () => {
    const layers = ladder(from);
    assert.deepEqual(layers.map((layer) => [layer.rid, layer.scaleResolutionDownBy]), [["l", 4], ["m", 2], ["h", 1]]);
    const [l, m, h] = layers;
    assert.ok(l && m && h && l.maxBitrate < m.maxBitrate && m.maxBitrate < h.maxBitrate);
    assert.ok(l.maxFramerate >= 8, "the smallest still moves");
  });
}

test("a machine at ease sends every layer", () => {
  assert.deepEqual(sent(bed).map((one) => one.active), [true, true, true]);
});

test("a tired machine leaves the largest out, then sends fewer frames", () => {
  assert.deepEqual(sent({ ...bed, ease: 1 }).map((one) => one.active), [true, true, false]);
  const tired = sent({ ...bed, ease: 2 });
  assert.deepEqual(tired.map((one) => one.active), [true, true, false]);
  assert.ok(tired.every((one) => (one.maxFramerate ?? 99) <= 12));
});

test("layers are known by their rids, in whatever order a browser keeps them", () => {
  assert.deepEqual(sent(bed, ["h", "m", "l"]).map((one) => one.scaleResolutionDownBy), [1, 2, 4]);
});

test("for a narrow line elsewhere the smallest is smaller, and moves still; the others are left to who can have them", () => {
  const [l, m, h] = sent({ ...bed, sparing: true });
  assert.ok(l?.maxBitrate && l.maxBitrate <= 60_000 && (l.maxFramerate ?? 0) >= 8);
  assert.deepEqual([m, h], sent(bed).slice(1));
  assert.deepEqual(sent({ ...bed, sparing: true }, [""]), sent(bed, [""]), "whoever has only one keeps it");
});

test("where only one is left it is the whole picture, and never switched off", () => {
  assert.deepEqual(sent(bed, ["l"]), [{ rid: "l", active: true, scaleResolutionDownBy: 1, maxBitrate: 900_000, maxFramerate: 30 }]);
  assert.deepEqual(sent({ ...bed, ease: 2 }, [""]), [{ active: true, scaleResolutionDownBy: 2, maxBitrate: 500_000, maxFramerate: 12 }]);
});

test("what a picture needs is the sum of its layers", () => {
  assert.equal(pictureRate("bed"), 2_150_000);
});

const known = [
  { mimeType: "video/VP8" },
  { mimeType: "video/rtx" },
  { mimeType: "video/VP9", sdpFmtpLine: "profile-id=0" },
  { mimeType: "video/H264", sdpFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f" },
  { mimeType: "video/H264", sdpFmtpLine: "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f" },
  { mimeType: "video/red" },
  { mimeType: "video/ulpfec" },
];

test("a section speaks the room's codec and the repair beside it, and nothing else", () => {
  assert.deepEqual(codecsFor("video", "vp8", known), [known[0], known[1]]);
  assert.deepEqual(codecsFor("video", "h264", known), [known[3], known[1]]);
  assert.deepEqual(codecsFor("audio", "vp8", [{ mimeType: "audio/opus" }, { mimeType: "audio/red" }]).map((one) => one.mimeType), ["audio/red", "audio/opus"]);
});

test("a browser without the room's codec is left to say so by its own offer", () => {
  assert.deepEqual(codecsFor("video", "h264", known.slice(0, 2)), []);
});
