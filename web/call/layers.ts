// Layers are the sizes in which one camera is sent at once, so that the room can
// give each person the one that fits their screen and their network. The room
// knows them by their rids: h is the whole picture, m half of it each way, l a
// quarter.

import type { Ease } from "./strain.ts";

/** Layer is one of them, as a browser is told of it. */
export interface Layer {
  readonly rid: string;
  readonly scaleResolutionDownBy: number;
  readonly maxBitrate: number; // bits per second
  readonly maxFramerate: number;
}

/**
 * From is who sends, since that decides what a picture is worth: the iPad at the
 * bed is what everybody came for, and pays nothing; a phone pays by the megabyte;
 * hands that sign need every frame, small or large.
 */
export type From = "bed" | "phone" | "hands";

// The smallest first: a browser that is short of bandwidth gives to the first first.
const ladders: { readonly [from in From]: readonly Layer[] } = {
  bed: [
    { rid: "l", scaleResolutionDownBy: 4, maxBitrate: 150_000, maxFramerate: 15 },
    { rid: "m", scaleResolutionDownBy: 2, maxBitrate: 500_000, maxFramerate: 25 },
    { rid: "h", scaleResolutionDownBy: 1, maxBitrate: 1_500_000, maxFramerate: 30 },
  ],
  phone: [
    { rid: "l", scaleResolutionDownBy: 4, maxBitrate: 120_000, maxFramerate: 15 },
    { rid: "m", scaleResolutionDownBy: 2, maxBitrate: 350_000, maxFramerate: 24 },
    { rid: "h", scaleResolutionDownBy: 1, maxBitrate: 900_000, maxFramerate: 24 },
  ],
  hands: [
    { rid: "l", scaleResolutionDownBy: 4, maxBitrate: 180_000, maxFramerate: 25 },
    { rid: "m", scaleResolutionDownBy: 2, maxBitrate: 600_000, maxFramerate: 30 },
    { rid: "h", scaleResolutionDownBy: 1, maxBitrate: 1_500_000, maxFramerate: 30 },
  ],
};

/** ladder is every layer that somebody sends, the smallest first. */
export function ladder(from: From): readonly Layer[] {
  return ladders[from];
}

/** pictureRate is the most that somebody's pictures need on the way up, in bits per second. */
export function pictureRate(from: From): number {
  return ladder(from).reduce((sum, layer) => sum + layer.maxBitrate, 0);
}

/**
 * Speech in one channel is clear at the first rate; somebody who pays for every
 * byte is well understood at the second; and on a line that two voices hardly fit
 * into, the third is the one that is heard without gaps.
 */
export const voiceRate = { usual: 26_000, saving: 18_000, sparing: 14_000 } as const;

/** Shape is what a camera's layers are made to be at one moment. */
export interface Shape {
  readonly from: From;
  /** How much is taken off for a machine that cannot keep up. */
  readonly ease: Ease;
  /** Our network, or that of somebody to whom this goes, carries little. */
  readonly sparing: boolean;
}

/** The lowest layer of somebody whose picture has to share a narrow line with two voices and another picture. */
const smallest = { maxBitrate: 60_000, maxFramerate: 12 } as const;

/** A tired machine sends no more frames than these a second. */
const tiredFramerate = 12;

/**
 * shaped changes a sender's own parameters to what is wanted. Where a browser, or
 * the room, has left one encoding of three, that one is the whole picture.
 */
export function shaped(encodings: RTCRtpEncodingParameters[], { from, ease, sparing }: Shape): void {
  const layers = ladder(from);
  const alone = encodings.length === 1;
  encodings.forEach((encoding, i) => {
    const layer = alone ? single(from, ease) : (layers.find((one) => one.rid === encoding.rid) ?? layers[i]);
    if (!layer) {
      return;
    }
    encoding.active = alone || layer.rid !== "h" || ease === 0;
    encoding.scaleResolutionDownBy = layer.scaleResolutionDownBy;
    encoding.maxBitrate = layer.maxBitrate;
    encoding.maxFramerate = ease === 2 ? Math.min(layer.maxFramerate, tiredFramerate) : layer.maxFramerate;
    if (sparing && layer.rid === "l") {
      Object.assign(encoding, smallest);
    }
  });
}

/** single is the one picture of a browser that sends only one: nobody can choose a smaller, so it is a middling one. */
function single(from: From, ease: Ease): Layer | undefined {
  const [, middle, whole] = ladder(from);
  return ease > 0 ? middle : whole && { ...whole, maxBitrate: 900_000 };
}
