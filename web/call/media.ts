// Connection is the one WebRTC connection of a person in a room. It offers once:
// a microphone and a camera to send, whether they are there or not, and five
// places for the faces of others. Nothing is negotiated again; only the paths
// beneath it are (an ICE restart), or a new Connection takes its place.

import type { Kind } from "./capture.ts";
import { Detour } from "./detour.ts";
import { frugal, type Thrift } from "./frugal.ts";
import { ladder, type From } from "./layers.ts";
import type { MediaState } from "./repair.ts";
import type { Entry } from "./reading.ts";
import { Sending, type Outgoing } from "./sending.ts";
import { Shaping, type Wish } from "./shaping.ts";
import type { Codec, Media, Pass } from "./world.ts";

/** A room holds six: the others are five. */
export const places = 5;

export class Connection implements Media {
  private pc: RTCPeerConnection | undefined;
  private sending: Sending | undefined;
  private shaping: Shaping | undefined;
  private wish: Wish;
  private answered = "";
  private streams = new Map<string, MediaStream>();
  private state: MediaState = "none";
  private readonly detour = new Detour(() => performance.now());

  constructor(
    private readonly source: Outgoing,
    private readonly became: (state: MediaState) => void,
    private readonly from: From,
  ) {
    this.wish = { from, ease: 0, saving: false, sparing: false };
  }

  /** iceState is what the browser itself says of its paths. */
  get iceState(): string {
    return this.pc?.iceConnectionState ?? "closed";
  }

  async offer({ iceServers, codec }: Pass): Promise<string> {
    this.close();
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
    this.pc = pc;
    const pictures = codec === "h264" ? codec : "vp8";
    const senders = {
      audio: addSection(pc, "audio", "sendonly", pictures).sender,
      video: addCamera(pc, pictures, this.from).sender,
    };
    this.sending = new Sending(this.source, senders);
    this.shaping = new Shaping(senders);
    for (let place = 0; place < places; place++) {
      addSection(pc, "audio", "recvonly", pictures);
      addSection(pc, "video", "recvonly", pictures);
    }
    const look = () => pc === this.pc && this.look();
    pc.addEventListener("connectionstatechange", look);
    pc.addEventListener("iceconnectionstatechange", look);
    this.look();
    await this.send();
    return this.describe(pc, false);
  }

  restart(): Promise<string> {
    return this.pc ? this.describe(this.pc, true) : Promise.reject(new Error("no connection to restart"));
  }

  async answer(sdp: string): Promise<void> {
    sdp = this.detour.answered(sdp);
    this.answered = sdp;
    await this.pc?.setRemoteDescription({ type: "answer", sdp: frugal(sdp, thriftOf(this.wish)) });
    // Only now is it known how many layers the room takes.
    await this.shaping?.apply(this.wish);
  }

  close(): void {
    const pc = this.pc;
    this.pc = undefined;
    this.sending = undefined;
    this.shaping = undefined;
    this.streams.clear();
    pc?.close();
    this.look();
  }

  /** played is a mark of the sounds and pictures played last, which changes as long as they come; "" if there are none. */
  played(): string {
    const receivers = this.pc?.getReceivers() ?? [];
    return receivers.flatMap((one) => one.getSynchronizationSources?.() ?? []).map((one) => `${one.source} ${one.rtpTimestamp}`).join();
  }

  /** flows tells that something comes, by whichever path is in use. */
  flows(): void {
    if (this.state === "up") {
      this.detour.up();
    }
  }

  /** fell tells that nothing comes any more, which may be seen long before the browser finds out. */
  fell(): void {
    this.detour.fell();
  }

  /** moved tells that this machine is on another network now. */
  moved(): void {
    this.detour.moved();
  }

  /** send puts what camera and microphone now give onto the wire, without a word to the room. */
  async send(): Promise<void> {
    await this.sending?.update();
  }

  /** shape changes how much is sent: for a machine that cannot keep up, a network that carries little, or somebody who pays for their data. */
  async shape(wish: Omit<Wish, "from">): Promise<void> {
    const was = this.wish;
    this.wish = { ...wish, from: this.from };
    if (!this.pc?.remoteDescription || (wish.ease === was.ease && wish.saving === was.saving && wish.sparing === was.sparing)) {
      return;
    }
    if (wish.saving !== was.saving || wish.sparing !== was.sparing) {
      await this.reread(this.pc);
    }
    await this.shaping?.apply(this.wish);
  }

  /**
   * reread takes the room's answer once more, to the same offer, since only there
   * is a browser told how large the pieces of a voice are. The room hears nothing
   * of it, and nothing of it concerns the room.
   */
  private async reread(pc: RTCPeerConnection): Promise<void> {
    if (pc.signalingState !== "stable") {
      return; // new paths are being asked for: their answer will say it
    }
    try {
      await pc.setLocalDescription(await pc.createOffer());
      await this.answer(this.answered);
    } catch {
      // It sends small pieces still, and is understood all the same.
    }
  }

  /** stream is the sound and picture of one slot, by the mids of its two sections: the same stream each time. */
  stream(audio: string, video: string): MediaStream | undefined {
    const key = audio + " " + video;
    const known = this.streams.get(key);
    if (known || !this.pc) {
      return known;
    }
    const tracks = this.pc
      .getTransceivers()
      .filter((section) => section.mid !== null && section.mid !== "" && [audio, video].includes(section.mid))
      .map((section) => section.receiver.track);
    if (tracks.length === 0) {
      return undefined;
    }
    const stream = new MediaStream(tracks);
    this.streams.set(key, stream);
    return stream;
  }

  /** midOf finds in which section a track is received. */
  midOf(track: string): string {
    return this.pc?.getTransceivers().find((section) => section.receiver.track.id === track)?.mid ?? "";
  }

  /** read takes the connection's statistics. */
  async read(): Promise<Entry[] | undefined> {
    if (!this.pc) {
      return undefined;
    }
    const entries: Entry[] = [];
    (await this.pc.getStats()).forEach((entry: Entry) => entries.push(entry));
    return entries;
  }

  private async describe(pc: RTCPeerConnection, iceRestart: boolean): Promise<string> {
    const offer = await pc.createOffer({ iceRestart });
    // The server answers whatever address our checks come from, so there are no candidates to wait for.
    await pc.setLocalDescription(offer);
    return pc.localDescription?.sdp ?? offer.sdp ?? "";
  }

  private look(): void {
    const state = stateOf(this.pc);
    if (state !== this.state) {
      if (state === "up") {
        this.detour.up();
      } else if (this.state === "up" && this.pc) {
        this.detour.fell();
      }
      this.state = state;
      this.became(state);
    }
  }
}

/** addCamera adds the section that sends pictures, in layers where the browser can; an old one sends the whole alone. */
function addCamera(pc: RTCPeerConnection, codec: Codec, from: From): RTCRtpTransceiver {
  try {
    return speaking(pc.addTransceiver("video", { direction: "sendonly", sendEncodings: [...ladder(from)] }), "video", codec);
  } catch {
    return addSection(pc, "video", "sendonly", codec);
  }
}

function addSection(pc: RTCPeerConnection, kind: Kind, direction: "sendonly" | "recvonly", codec: Codec): RTCRtpTransceiver {
  return speaking(pc.addTransceiver(kind, { direction }), kind, codec);
}

/** speaking has a section speak only what the room forwards, and the repair that goes with it, so that the offer stays small. */
function speaking(section: RTCRtpTransceiver, kind: Kind, codec: Codec): RTCRtpTransceiver {
  const known = RTCRtpReceiver.getCapabilities?.(kind)?.codecs ?? [];
  const spoken = codecsFor(kind, codec, known);
  if (spoken.length > 0) {
    section.setCodecPreferences?.(spoken);
  }
  return section;
}

/** thriftOf is what somebody's wishes ask of the sound that they send. */
function thriftOf(wish: Wish): Thrift {
  return { larger: wish.saving || wish.sparing, once: wish.saving };
}

/** A codec of a browser, as far as it is chosen by. */
type Known = Pick<RTCRtpCodec, "mimeType"> & { readonly sdpFmtpLine?: string };

/**
 * codecsFor chooses, of what a browser knows, the room's codec and the repair that
 * goes with it: RTX beside a picture; for sound first of all packets that repeat
 * the one before (RED). Of H.264 a room takes packetization mode 1.
 */
export function codecsFor<One extends Known>(kind: Kind, codec: Codec, known: readonly One[]): One[] {
  const wanted = kind === "audio" ? "audio/opus" : "video/" + codec;
  const chosen = known.filter((one) => {
    const right = one.mimeType.toLowerCase() === wanted;
    return right && (wanted !== "video/h264" || /packetization-mode=1/.test(one.sdpFmtpLine ?? ""));
  });
  const repair = (mimeType: string) => known.filter((one) => one.mimeType.toLowerCase() === mimeType);
  return chosen.length > 0 ? [...repair("audio/red"), ...chosen, ...repair("video/rtx")] : [];
}

function stateOf(pc: RTCPeerConnection | undefined): MediaState {
  if (!pc) {
    return "none";
  }
  // Older Firefox has only the state of ICE.
  switch (pc.connectionState ?? pc.iceConnectionState) {
    case "connected":
      return "up";
    case "disconnected":
      return "down";
    case "failed":
    case "closed":
      return "failed";
    default:
      return (pc.iceConnectionState as string) === "completed" && pc.connectionState === undefined ? "up" : "connecting";
  }
}
