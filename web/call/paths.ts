// Whether this network lets a call through, tried before the visit: the room's
// socket is opened for real, and a packet is sent to the hospital and back.
// Whether sound and picture themselves get through is seen in the waiting room,
// where the real connection is made.

import { dial } from "./browser.ts";
import type { IceServer } from "./world.ts";

/** Reach is how far this network lets us: all the way, perhaps, or not at all. */
export type Reach = "through" | "unsure" | "blocked";

/** Within this a socket opens even on a slow line. */
const socketPatience = 8000;

/** Browsers give up on a server after nine and a half seconds; nobody waits that long for a check. */
const packetPatience = 6000;

/** trySocket opens the room's socket, and closes it without a word. */
export function trySocket(path: string): Promise<Reach> {
  return new Promise((resolve) => {
    const done = (reach: Reach) => {
      window.clearTimeout(timer);
      socket.close();
      resolve(reach);
    };
    const timer = window.setTimeout(() => done("blocked"), socketPatience);
    const socket = dial(path, { opened: () => done("through"), heard: () => undefined, closed: () => done("blocked") });
  });
}

/** Gathered is what a browser found out about its paths. */
export interface Gathered {
  /** Kinds of addresses found: "host", "srflx", "relay". */
  readonly found: readonly string[];
  /** Servers that did not answer. */
  readonly failed: number;
  readonly finished: boolean;
}

/** judge says what that means. Without a server to ask, only a browser that finds no address at all is known to be stuck. */
export function judge(asked: number, { found, failed, finished }: Gathered): Reach {
  if (found.some((kind) => kind !== "host")) {
    return "through";
  }
  if (finished && found.length === 0) {
    return "blocked";
  }
  if (asked === 0) {
    return "unsure";
  }
  // An answer that gives our own address is not told as another: no complaint is an answer.
  return finished && failed === 0 ? "through" : "blocked";
}

/** tryPackets asks the hospital's servers for our own address, which is one packet there and one back. */
export async function tryPackets(servers: IceServer[]): Promise<Reach> {
  const pc = new RTCPeerConnection({ iceServers: servers });
  const found: string[] = [];
  let failed = 0;
  const finished = new Promise<boolean>((resolve) => {
    window.setTimeout(() => resolve(false), packetPatience);
    pc.addEventListener("icecandidate", (event: RTCPeerConnectionIceEvent) => {
      if (event.candidate?.candidate) {
        found.push(event.candidate.type ?? "host");
      } else {
        resolve(true);
      }
    });
    pc.addEventListener("icecandidateerror", () => failed++);
  });
  try {
    pc.createDataChannel("check");
    await pc.setLocalDescription(await pc.createOffer());
    return judge(servers.length, { finished: await finished, found, failed });
  } catch {
    return "blocked";
  } finally {
    pc.close();
  }
}
