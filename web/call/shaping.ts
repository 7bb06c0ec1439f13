// Shaping keeps what the two senders of a connection may use as it should be. A
// sender's parameters are read, changed and given back, and a browser refuses
// what was read before another change: so one follows the other.

import { shaped, voiceRate, type Shape } from "./layers.ts";

/** Shapeable is the part of an RTCRtpSender that is used here. */
export interface Shapeable {
  getParameters(): RTCRtpSendParameters;
  setParameters(parameters: RTCRtpSendParameters): Promise<void>;
}

/** Wish is how things should be sent. */
export interface Wish extends Shape {
  /** The sender pays by the megabyte. */
  readonly saving: boolean;
}

export class Shaping {
  private last: Promise<void> = Promise.resolve();
  private wish: Wish = { from: "phone", ease: 0, saving: false, sparing: false };

  constructor(private readonly senders: { readonly audio: Shapeable; readonly video: Shapeable }) {}

  /** apply makes it so, now or as soon as the browser can. */
  apply(wish: Wish): Promise<void> {
    this.wish = wish;
    this.last = this.last.then(async () => {
      await Promise.all([this.shapeVideo(), this.shapeAudio()]);
    });
    return this.last;
  }

  private shapeVideo(): Promise<void> {
    return change(this.senders.video, (parameters) => {
      shaped(parameters.encodings, this.wish);
      // Smoothness before sharpness for hands; a face may give a little of both.
      parameters.degradationPreference = this.wish.from === "hands" ? "maintain-framerate" : "balanced";
    });
  }

  private shapeAudio(): Promise<void> {
    return change(this.senders.audio, (parameters) => {
      for (const encoding of parameters.encodings) {
        encoding.maxBitrate = voiceRate[this.wish.sparing ? "sparing" : this.wish.saving ? "saving" : "usual"];
        encoding.networkPriority = "high"; // a voice is never given up for a picture
      }
    });
  }
}

/** change is refused by a browser that lacks one of these settings; what it does by itself is good enough then. */
async function change(sender: Shapeable, how: (parameters: RTCRtpSendParameters) => void): Promise<void> {
  try {
    const parameters = sender.getParameters();
    if (parameters.encodings?.length) {
      how(parameters);
      await sender.setParameters(parameters);
    }
  } catch {
    // as above
  }
}
