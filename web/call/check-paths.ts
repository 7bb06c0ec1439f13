// Trying each path to the hospital alone, for real: the answer to a trial has the
// addresses of one path and no others, so that whatever comes up came by it.

import type { Outcome, Path } from "./check-judge.ts";
import { trySocket } from "./paths.ts";
import type { IceServer } from "./world.ts";

/**
 * How long a path has to come up. Nobody else keeps the time: a relay that a
 * firewall drops packets to gives no error, ever. A slow line needs six round
 * trips, and a relay four more.
 */
const patience = { straight: 8000, relay: 11_000 } as const;

/** How long the server has to answer an offer, or to say what time it is. */
const answerPatience = 8000;

/** A connection stays up for so long after we know, for the server to know too. */
const goodbye = 500;

/** cannotConnect is the code of an icecandidateerror: no server there, or one whose certificate is not believed. */
const cannotConnect = 701;

/** Answer is a trial, as the server answers it. */
interface Answer {
  readonly offered: boolean;
  readonly sdp: string;
  readonly iceServers: IceServer[];
}

/** passing are the refusals that go away by themselves. */
const passing = ["check_busy", "slow_down"];

class Refused extends Error {
  constructor(readonly code: string) {
    super("refused: " + code);
  }
}

/** fetchSoon fetches, for so long and no longer. */
async function fetchSoon(path: string, options: RequestInit = {}): Promise<Response> {
  const hurry = new AbortController();
  const timer = window.setTimeout(() => hurry.abort(), answerPatience);
  try {
    return await fetch(path, { ...options, cache: "no-store", signal: hurry.signal });
  } finally {
    window.clearTimeout(timer);
  }
}

/** Hour is what asking the hospital for the time found. */
export interface Hour {
  readonly reached: boolean;
  /** How far this machine's clock is behind the hospital's, in ms; undefined if that is not known. */
  readonly offset: number | undefined;
}

/** askTheTime fetches a page, and learns from it what time it is. */
export async function askTheTime(): Promise<Hour> {
  try {
    const asked = Date.now();
    const answer = await fetchSoon("/check/clock", { headers: { Accept: "application/json" } });
    const { service, now } = (await answer.json()) as { service?: string; now?: number };
    if (!answer.ok || service !== "wardvisit" || typeof now !== "number") {
      return { reached: false, offset: undefined }; // somebody in between has answered in our place
    }
    return { reached: true, offset: now - (asked + Date.now()) / 2 };
  } catch {
    return { reached: false, offset: undefined };
  }
}

/** tryLine opens the websocket of a visit. */
export async function tryLine(signal: string): Promise<Outcome> {
  return (await trySocket(signal)) === "through" ? "through" : "blocked";
}

async function ask(path: Path, sdp: string): Promise<Answer> {
  const answer = await fetchSoon("/check/offer", {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams({ path, sdp }),
  });
  const said = (await answer.json()) as Answer & { code?: string };
  if (!answer.ok) {
    throw new Refused(said.code ?? "");
  }
  return said;
}

/** Trying is what is known of a path while it is tried. */
interface Trying {
  /** Codes of what went wrong with a relay. */
  readonly errors: readonly number[];
  readonly up: boolean;
}

/** tryPath tries one path for sound and picture. allowed says whether this page may use the camera. */
export async function tryPath(path: Path, allowed: boolean): Promise<Outcome> {
  const pc = new RTCPeerConnection();
  try {
    pc.addTransceiver("audio", { direction: "recvonly" });
    const offer = await pc.createOffer();
    const answer = await ask(path, offer.sdp ?? "");
    if (!answer.offered) {
      return "absent";
    }
    const relayed = answer.iceServers.length > 0;
    pc.setConfiguration({ iceServers: answer.iceServers, iceTransportPolicy: relayed ? "relay" : "all" });
    const trying = comeUp(pc, relayed ? patience.relay : patience.straight);
    await pc.setLocalDescription(offer);
    await pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    return outcomeOf(path, await trying, allowed);
  } catch (err) {
    return err instanceof Refused && passing.includes(err.code) ? "busy" : "blocked";
  } finally {
    window.setTimeout(() => pc.close(), goodbye);
  }
}

/** outcomeOf says what it means that a path came up, or did not. */
export function outcomeOf(path: Path, { up, errors }: Trying, allowed: boolean): Outcome {
  if (up) {
    return "through";
  }
  if (path === "tcp" && !allowed) {
    return "hidden"; // browsers gather no addresses for it until they may use the camera
  }
  // The relay's TLS is not believed, or not let through by somebody who lets ours through: see judgeTLS.
  return path === "relay-tls" && errors.includes(cannotConnect) ? "inspected" : "blocked";
}

/**
 * judgeTLS takes back the suspicion of TLS inspection where another reason is
 * nearer: a port of the relay's own that is closed looks the same. Where pages
 * come in at the same port, it is not closed.
 */
export function judgeTLS(outcome: Outcome, shares: boolean, page: Outcome): Outcome {
  return outcome === "inspected" && !(shares && page === "through") ? "blocked" : outcome;
}

/** comeUp waits until a connection is up, which is when both ends have proved who they are, or has failed, or time is up. */
function comeUp(pc: RTCPeerConnection, within: number): Promise<Trying> {
  const errors: number[] = [];
  return new Promise((resolve) => {
    const timer = window.setTimeout(() => done(false), within);
    const done = (up: boolean) => {
      window.clearTimeout(timer);
      resolve({ up, errors });
    };
    const look = () => {
      // Older Firefox has no state for the whole, and says "connected" of ICE alone.
      const state: string = pc.connectionState ?? pc.iceConnectionState;
      if (state === "connected" || state === "completed") {
        done(true);
      } else if (state === "failed") {
        done(false);
      }
    };
    pc.addEventListener("connectionstatechange", look);
    pc.addEventListener("iceconnectionstatechange", look);
    pc.addEventListener("icecandidateerror", (event) => errors.push((event as RTCPeerConnectionIceErrorEvent).errorCode));
  });
}
