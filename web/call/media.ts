// Connection is the one WebRTC connection of a person in a room. It offers once:
// a microphone and a camera to send, whether they are there or not, and five
// places for the faces of others. Nothing is negotiated again; only the paths
// beneath it are (an ICE restart), or a new Connection takes its place.

import type { Kind } from "./capture.ts";
import type { MediaState } from "./repair.ts";
import { totals, type Totals } from "./quality.ts";
import { Sending, type Outgoing } from "./sending.ts";
import type { IceServer, Media } from "./world.ts";

/** A room holds six: the others are five. */
export const places = 5;

/** Enough for a clear face at 640 × 480; five of these still fit a poor hospital Wi-Fi. */
const mostVideo = 700_000; // bits per second

/** The room forwards these two and nothing else. */
const codec = { audio: "audio/opus", video: "video/vp8" } as const;

export class Connection implements Media {
  private pc: RTCPeerConnection | undefined;
  private sending: Sending | undefined;
  private streams = new Map<string, MediaStream>();
  private state: MediaState = "none";

  constructor(
    private readonly source: Outgoing,
    private readonly became: (state: MediaState) => void,
  ) {}

  /** iceState is what the browser itself says of its paths. */
  get iceState(): string {
    return this.pc?.iceConnectionState ?? "closed";
  }

  async offer(servers: IceServer[]): Promise<string> {
    this.close();
    const pc = new RTCPeerConnection({ iceServers: servers, bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
    this.pc = pc;
    this.sending = new Sending(this.source, {
      audio: addSection(pc, "audio", "sendonly").sender,
      video: addSection(pc, "video", "sendonly").sender,
    });
    for (let place = 0; place < places; place++) {
      addSection(pc, "audio", "recvonly");
      addSection(pc, "video", "recvonly");
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
    await this.pc?.setRemoteDescription({ type: "answer", sdp });
  }

  close(): void {
    const pc = this.pc;
    this.pc = undefined;
    this.sending = undefined;
    this.streams.clear();
    pc?.close();
    this.look();
  }

  /** send puts what camera and microphone now give onto the wire, without a word to the room. */
  async send(): Promise<void> {
    await this.sending?.update();
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

  /** count reads the connection's statistics. */
  async count(): Promise<Totals | undefined> {
    if (!this.pc) {
      return undefined;
    }
    const entries: { readonly [name: string]: unknown }[] = [];
    (await this.pc.getStats()).forEach((entry: { readonly [name: string]: unknown }) => entries.push(entry));
    return totals(performance.now(), entries);
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
      this.state = state;
      this.became(state);
    }
  }
}

/** addSection adds a media section that speaks only what the room forwards, so that the offer stays small. */
function addSection(pc: RTCPeerConnection, kind: Kind, direction: "sendonly" | "recvonly"): RTCRtpTransceiver {
  const sending = direction === "sendonly" && kind === "video";
  const section = pc.addTransceiver(kind, { direction, ...(sending ? { sendEncodings: [{ maxBitrate: mostVideo }] } : {}) });
  const known = RTCRtpReceiver.getCapabilities?.(kind)?.codecs ?? [];
  const spoken = known.filter((one) => one.mimeType.toLowerCase() === codec[kind]);
  if (spoken.length > 0) {
    section.setCodecPreferences?.(spoken);
  }
  return section;
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
