// One's own side of a call on the page: whether camera and microphone are on, what
// is wrong with them, and one's own picture.

import { Eye } from "./black.ts";
import { kinds, type Kind } from "./capture.ts";
import type { Parts } from "./parts.ts";
import type { Lack } from "./protocol.ts";
import type { Trouble } from "./trouble.ts";
import { lackWords, troubleWords } from "./words.ts";

/** Self is one's own camera and microphone. */
export interface Self {
  /** What is on. */
  readonly on: { readonly [kind in Kind]: boolean };
  /** What the person chose, which is not always to be had. */
  readonly chosen: { readonly [kind in Kind]: boolean };
  readonly trouble: { readonly [kind in Kind]: Trouble };
  /** What is on and does not reach the room. */
  readonly lack: { readonly [kind in Kind]: Lack | "black" };
  readonly saving: boolean;
  readonly camera: MediaStreamTrack | undefined;
}

export class SelfView {
  private readonly eye = new Eye();

  constructor(
    private readonly root: HTMLElement,
    private readonly parts: Parts,
    private readonly bedside: boolean,
  ) {}

  show(self: Self): void {
    for (const kind of kinds) {
      const lack = self.trouble[kind] === "" && self.on[kind] ? self.lack[kind] : "";
      const words = lack === "" ? troubleWords(kind, self.trouble[kind], this.bedside) : lackWords(kind, lack, this.bedside);
      this.parts.write("trouble-" + kind, words);
      this.parts.reveal("trouble-box-" + kind, words !== "");
      this.parts.get("trouble-box-" + kind).dataset.lack = String(lack !== "");
    }
    const off = (kind: Kind) => !self.chosen[kind] || self.trouble[kind] !== "";
    this.parts.label("mute", off("audio") ? "Unmute" : "Mute", off("audio"));
    const dark = off("video") || self.saving;
    this.parts.label("camera", dark ? "Camera on" : "Camera off", dark);
    this.root.dataset.sending = String(self.on.audio || self.on.video);
    this.parts.write("on-air", onAir(self));
    const preview = this.parts.get("self");
    if (preview instanceof HTMLVideoElement) {
      showTrack(preview, self.on.video ? self.camera : undefined);
    }
    this.parts.write("self-note", self.on.video ? "" : self.saving ? "Sound only" : "Your camera is off");
  }

  /** black reports whether one's own picture has been wholly black for a while. */
  black(now: number): boolean {
    const preview = this.parts.get("self");
    return preview instanceof HTMLVideoElement && preview.srcObject !== null && this.eye.finds(preview, now);
  }
}

function onAir(self: Self): string {
  if (self.on.audio && self.on.video) {
    return "Camera and sound are on";
  }
  if (self.on.audio) {
    return "Sound is on, camera is off";
  }
  return self.on.video ? "Camera is on, sound is off" : "Camera and sound are off";
}

/** showTrack shows a camera in a video element, or nothing. */
export function showTrack(video: HTMLVideoElement, track: MediaStreamTrack | undefined): void {
  const shown = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] : undefined;
  video.hidden = track === undefined;
  if (shown !== track) {
    video.srcObject = track ? new MediaStream([track]) : null;
    if (track) {
      video.play().catch(() => undefined); // muted, so only a page that is being left refuses
    }
  }
}
