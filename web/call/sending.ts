// Sending keeps what leaves a connection the same as what camera and microphone
// give. Replacing a track takes a moment, in which another may be wanted: so
// replacements wait for each other, and each looks afresh at what is wanted when
// its turn comes. Without that, off and on again in one instant may end as off.

import type { Kind } from "./capture.ts";

/** Outgoing is where the tracks to send come from; null is none. */
export interface Outgoing {
  outgoing(kind: Kind): MediaStreamTrack | null;
}

/** Sender is the part of an RTCRtpSender that is used here. */
export interface Sender {
  readonly track: MediaStreamTrack | null;
  replaceTrack(track: MediaStreamTrack | null): Promise<void>;
}

export class Sending {
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: Outgoing,
    private readonly senders: { readonly [kind in Kind]: Sender },
  ) {}

  /** update puts what is wanted now onto the wire. */
  update(): Promise<void> {
    this.last = this.last.then(async () => {
      await Promise.all([this.put("audio"), this.put("video")]);
    });
    return this.last;
  }

  private async put(kind: Kind): Promise<void> {
    const sender = this.senders[kind];
    const track = this.source.outgoing(kind);
    if (sender.track !== track) {
      // It fails only once the connection is closed, when nothing is sent anyway.
      await sender.replaceTrack(track).catch(() => undefined);
    }
  }
}
