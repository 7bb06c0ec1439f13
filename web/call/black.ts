// Whether a picture is wholly black: a cover over a lens, a camera that sends
// nothing it has seen. It is looked at small and seldom, which costs nothing.

import { Steady } from "./steady.ts";

const width = 16;
const height = 12;

/** A dark bedroom is brighter than this somewhere; a covered lens is not, for all its noise. */
const darkest = 20; // of 255

/** A blink, a hand before the lens, a picture that has just begun: none of them is news. */
const believeAfter = 7000;

/** isBlack judges pixels of red, green, blue and opacity. */
export function isBlack(pixels: Uint8ClampedArray): boolean {
  for (let i = 0; i + 2 < pixels.length; i += 4) {
    const bright = 0.299 * (pixels[i] ?? 0) + 0.587 * (pixels[i + 1] ?? 0) + 0.114 * (pixels[i + 2] ?? 0);
    if (bright >= darkest) {
      return false;
    }
  }
  return pixels.length > 0;
}

/** Eye looks at videos through one small canvas. */
export class Eye {
  private readonly brush: CanvasRenderingContext2D | null;
  private readonly seen = new WeakMap<HTMLVideoElement, Steady>();

  constructor() {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    this.brush = canvas.getContext("2d", { willReadFrequently: true });
  }

  /** finds reports whether a video has been black for a while. One that shows nothing yet is not. */
  finds(video: HTMLVideoElement, now: number): boolean {
    const steady = this.seen.get(video) ?? new Steady(believeAfter, 0);
    this.seen.set(video, steady);
    return steady.see(this.black(video), now);
  }

  private black(video: HTMLVideoElement): boolean {
    if (!this.brush || video.videoWidth <= 2 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
      return false;
    }
    this.brush.drawImage(video, 0, 0, width, height);
    return isBlack(this.brush.getImageData(0, 0, width, height).data);
  }
}
