// Capture is this machine's camera and microphone: asked for once, together;
// switched on and off; and found again when they are pulled out, or when a
// telephone call on the same phone has taken them away.

import { clock } from "./browser.ts";
import type { Clock } from "./clock.ts";
import { here, troubleOf, type Trouble } from "./trouble.ts";

/** Kind is which of the two. */
export type Kind = "audio" | "video";

export const kinds = ["audio", "video"] as const;

/** 1280 × 720 fills an iPad, and halves twice for those who see it small or over a poor line. */
const camera: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 24, max: 30 },
  facingMode: "user",
};

const microphone: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: { ideal: 1 }, // a voice; two channels would cost twice
};

const wanted = { audio: microphone, video: camera } as const;

/**
 * While a telephone rings or another app speaks, the browser mutes the track, and
 * unmutes it after. One that stays mute for so long while the page is in sight
 * does not come back by itself.
 */
const muteFor = 4000;

/** What a phone call has taken is asked for again and again, since nobody says when it is over. */
const askAgain = 5000;

/** One device: what is wanted of it, and what there is. */
interface Device {
  on: boolean;
  track: MediaStreamTrack | undefined;
  trouble: Trouble;
  /** The one that was chosen among several, by the browser's own name for it. */
  chosen: string;
  /** Counts askings. The answer to an earlier one comes too late. */
  asked: number;
  /** The browser has muted it, and may not unmute it. */
  cancel: (() => void) | undefined;
}

/** Machine is what this needs of the browser. */
export interface Machine {
  readonly clock: Clock;
  readonly devices: (Pick<MediaDevices, "getUserMedia"> & Partial<Pick<MediaDevices, "addEventListener">>) | undefined;
  /** obstacle is why nothing here can be asked for at all. */
  obstacle(): Trouble;
  /** seen reports whether the page is in sight; while it is not, a phone gives it nothing. */
  seen(): boolean;
}

/** thisMachine is the one that the page runs on. */
export function thisMachine(): Machine {
  return { clock, devices: navigator.mediaDevices, obstacle: here, seen: () => document.visibilityState === "visible" };
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
    private readonly machine: Machine = thisMachine(),
  ) {
    const device = (): Device => ({ on: !ready, track: undefined, trouble: "", chosen: "", asked: 0, cancel: undefined });
    this.devices = { audio: device(), video: device() };
    machine.devices?.addEventListener?.("devicechange", () => void this.find());
  }

  /** open asks for both at once, so that a person is asked one question; then for each alone, if both cannot be had. */
  async open(): Promise<void> {
    this.released = false;
    const obstacle = this.machine.obstacle();
    if (obstacle !== "" || !this.machine.devices) {
      this.blame("audio", obstacle || "unsupported");
      this.blame("video", obstacle || "unsupported");
      return;
    }
    if (!this.wants("audio") || !this.wants("video")) {
      await this.find();
      return;
    }
    const turns = { audio: ++this.devices.audio.asked, video: ++this.devices.video.asked };
    try {
      const stream = await this.machine.devices.getUserMedia({ audio: this.constraints("audio"), video: this.constraints("video") });
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
    if (!on && !this.ready) {
      if (kind === "video") {
        this.drop(kind);
      }
      device.trouble = ""; // nobody misses what they have switched off
    }
    this.changed();
    if (on) {
      await this.find();
    }
  }

  /** renew asks anew for a device that is there and of which nothing comes. */
  async renew(kind: Kind): Promise<void> {
    if (!this.released && this.machine.obstacle() === "") {
      await this.ask(kind);
    }
  }

  /** choose takes another device of that kind, by the browser's name for it. */
  async choose(kind: Kind, id: string): Promise<void> {
    this.devices[kind].chosen = id;
    if (this.devices[kind].on || this.ready) {
      await this.ask(kind);
    }
  }

  /** find asks for whatever is switched on and not there: after it was unplugged, taken by another app, or refused. */
  async find(): Promise<void> {
    if (this.released || this.machine.obstacle() !== "") {
      return;
    }
    await Promise.all(kinds.filter((kind) => this.wants(kind)).map((kind) => this.ask(kind)));
  }

  /** woke is told when the page can be seen again. A track that fell silent meanwhile is dead on an iPhone. */
  async woke(): Promise<void> {
    for (const kind of kinds) {
      if (this.devices[kind].on && this.devices[kind].track?.muted) {
        this.drop(kind);
      }
    }
    await this.find();
  }

  /** release lets go of both, and of any that is still on its way. */
  release(): void {
    for (const kind of kinds) {
      this.devices[kind].asked++;
      this.drop(kind);
      this.rest(kind);
    }
    this.released = true;
  }

  private wants(kind: Kind): boolean {
    return (this.devices[kind].on || this.ready) && this.track(kind) === undefined;
  }

  private constraints(kind: Kind): MediaTrackConstraints {
    const { chosen } = this.devices[kind];
    return chosen === "" ? wanted[kind] : { ...wanted[kind], deviceId: { ideal: chosen } };
  }

  private async ask(kind: Kind): Promise<void> {
    const turn = ++this.devices[kind].asked;
    try {
      const stream = await this.machine.devices?.getUserMedia({ [kind]: this.constraints(kind) });
      stream?.getTracks().forEach((track) => this.take(kind, turn, track));
    } catch (err) {
      if (turn === this.devices[kind].asked && !this.released) {
        this.refused(kind, troubleOf(err));
      }
    }
  }

  /** refused says why, and asks again later for what another app, or a telephone call, may give back. */
  private refused(kind: Kind, trouble: Trouble): void {
    this.blame(kind, trouble);
    if (trouble === "busy" || trouble === "failed") {
      this.rest(kind);
      this.devices[kind].cancel = this.machine.clock.after(askAgain, () => void this.find());
    }
  }

  private take(kind: Kind, turn: number, track: MediaStreamTrack): void {
    const device = this.devices[kind];
    if (turn !== device.asked || (kind === "video" && !device.on && !this.ready)) {
      track.stop();
      return;
    }
    this.drop(kind);
    this.rest(kind);
    track.enabled = device.on;
    if (kind === "video" && "contentHint" in track) {
      track.contentHint = "motion"; // signing is movement: sharpness may suffer, smoothness may not
    }
    this.mind(kind, track);
    device.track = track;
    device.trouble = "";
    this.changed();
  }

  /** mind finds the device again when the browser takes it away: for good, or for a telephone call. */
  private mind(kind: Kind, track: MediaStreamTrack): void {
    const device = this.devices[kind];
    const again = () => {
      if (device.track === track) {
        this.drop(kind);
        this.changed();
        void this.find();
      }
    };
    const muted = () => {
      this.rest(kind);
      device.cancel = this.machine.clock.after(muteFor, () => {
        // Out of sight it stays mute for as long as the page does; woke sees to it then.
        if (track.muted && device.on && this.machine.seen()) {
          again();
        }
      });
    };
    track.addEventListener("ended", again);
    track.addEventListener("mute", muted);
    if (track.muted) {
      muted(); // it was born during the telephone call
    }
    track.addEventListener("unmute", () => device.track === track && this.rest(kind));
  }

  private rest(kind: Kind): void {
    this.devices[kind].cancel?.();
    this.devices[kind].cancel = undefined;
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
