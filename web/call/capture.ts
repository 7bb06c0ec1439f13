// Capture is this machine's camera and microphone: asked for once, together;
// switched on and off; and found again when they are pulled out, or when a
// telephone call on the same phone has taken them away.

import { here, troubleOf, type Trouble } from "./trouble.ts";

/** Kind is which of the two. */
export type Kind = "audio" | "video";

/** 640 × 480 at 24 is a face that can be read on an iPad and that a poor line can carry, in the shape of an iPad. */
const camera: MediaTrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 24, max: 30 },
  facingMode: "user",
};

const microphone: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

const wanted = { audio: microphone, video: camera } as const;

/** One device: what is wanted of it, and what there is. */
interface Device {
  on: boolean;
  track: MediaStreamTrack | undefined;
  trouble: Trouble;
  /** Counts askings. The answer to an earlier one comes too late. */
  asked: number;
}

export class Capture {
  private readonly devices: { readonly [kind in Kind]: Device };
  private released = false;

  /**
   * changed is told whenever a track, a switch or a trouble is another. With
   * ready, both begin switched off but are kept at hand, so that they can be on
   * the instant they are wanted; without, both begin on, and a camera that is
   * switched off is let go of, so that its light goes out.
   */
  constructor(
    private readonly changed: () => void,
    private readonly ready = false,
  ) {
    const device = (): Device => ({ on: !ready, track: undefined, trouble: "", asked: 0 });
    this.devices = { audio: device(), video: device() };
    navigator.mediaDevices?.addEventListener?.("devicechange", () => void this.find());
  }

  /** open asks for both at once, so that a person is asked one question; then for each alone, if both cannot be had. */
  async open(): Promise<void> {
    this.released = false;
    const obstacle = here();
    if (obstacle !== "") {
      this.blame("audio", obstacle);
      this.blame("video", obstacle);
      return;
    }
    if (!this.wants("audio") || !this.wants("video")) {
      await this.find();
      return;
    }
    const turns = { audio: ++this.devices.audio.asked, video: ++this.devices.video.asked };
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: microphone, video: camera });
      stream.getTracks().forEach((track) => this.take(track.kind as Kind, turns[track.kind as Kind], track));
    } catch {
      await this.find();
    }
  }

  /** isOn reports whether the device is switched on and is there. */
  isOn(kind: Kind): boolean {
    return this.devices[kind].on && this.track(kind) !== undefined;
  }

  /** isSwitchedOn reports whether the device is meant to be on, there or not. */
  isSwitchedOn(kind: Kind): boolean {
    return this.devices[kind].on;
  }

  /** trouble is why the device is not there though it is switched on. */
  trouble(kind: Kind): Trouble {
    return this.devices[kind].trouble;
  }

  /** track is the device's live track, on or off. */
  track(kind: Kind): MediaStreamTrack | undefined {
    const track = this.devices[kind].track;
    return track?.readyState === "live" ? track : undefined;
  }

  /** outgoing is the track that may leave this machine: none while the device is switched off. */
  outgoing(kind: Kind): MediaStreamTrack | null {
    return this.devices[kind].on ? (this.track(kind) ?? null) : null;
  }

  /** turn switches a device on or off. A microphone is kept while it is off, so that unmuting loses no word. */
  async turn(kind: Kind, on: boolean): Promise<void> {
    const device = this.devices[kind];
    device.on = on;
    if (device.track) {
      device.track.enabled = on;
    }
    if (!on && kind === "video" && !this.ready) {
      this.drop(kind);
    }
    this.changed();
    if (on) {
      await this.find();
    }
  }

  /** find asks for whatever is switched on and not there: after it was unplugged, taken by another app, or refused. */
  async find(): Promise<void> {
    if (this.released || here() !== "") {
      return;
    }
    await Promise.all((["audio", "video"] as const).filter((kind) => this.wants(kind)).map((kind) => this.ask(kind)));
  }

  /** woke is told when the page can be seen again. A track that fell silent meanwhile is dead on an iPhone. */
  async woke(): Promise<void> {
    for (const kind of ["audio", "video"] as const) {
      if (this.devices[kind].on && this.devices[kind].track?.muted) {
        this.drop(kind);
      }
    }
    await this.find();
  }

  /** release lets go of both, and of any that is still on its way. */
  release(): void {
    for (const kind of ["audio", "video"] as const) {
      this.devices[kind].asked++;
      this.drop(kind);
    }
    this.released = true;
  }

  private wants(kind: Kind): boolean {
    return (this.devices[kind].on || this.ready) && this.track(kind) === undefined;
  }

  private async ask(kind: Kind): Promise<void> {
    const turn = ++this.devices[kind].asked;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ [kind]: wanted[kind] });
      stream.getTracks().forEach((track) => this.take(kind, turn, track));
    } catch (err) {
      if (turn === this.devices[kind].asked) {
        this.blame(kind, troubleOf(err));
      }
    }
  }

  private take(kind: Kind, turn: number, track: MediaStreamTrack): void {
    const device = this.devices[kind];
    if (turn !== device.asked || (kind === "video" && !device.on && !this.ready)) {
      track.stop();
      return;
    }
    this.drop(kind);
    track.enabled = device.on;
    if (kind === "video" && "contentHint" in track) {
      track.contentHint = "motion"; // signing is movement: sharpness may suffer, smoothness may not
    }
    track.addEventListener("ended", () => {
      if (device.track === track) {
        this.drop(kind);
        this.changed();
        void this.find();
      }
    });
    device.track = track;
    device.trouble = "";
    this.changed();
  }

  private drop(kind: Kind): void {
    this.devices[kind].track?.stop();
    this.devices[kind].track = undefined;
  }

  private blame(kind: Kind, trouble: Trouble): void {
    this.devices[kind].trouble = trouble;
    this.changed();
  }
}
