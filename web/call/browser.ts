// The browser's own clock, socket and memory, as a Room wants them.

import { signForSeat } from "../scripts/_key.ts";
import type { Clock } from "./clock.ts";
import { TurnedAway, type Ears, type Keep, type Pass, type Socket } from "./world.ts";

/** A ticket that has not come by then is asked for again. */
const ticketPatience = 8000;

export const clock: Clock = {
  now: () => performance.now(),
  after: (ms, act) => {
    const timer = window.setTimeout(act, ms);
    return () => window.clearTimeout(timer);
  },
  chance: () => Math.random(),
};

/** socketAddress is a path of this website as a websocket's address. */
export function socketAddress(path: string): string {
  const address = new URL(path, window.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

/** dial opens a websocket. Once closed from this side it says nothing more. */
export function dial(path: string, ears: Ears): Socket {
  const socket = new WebSocket(socketAddress(path));
  const hear = new AbortController();
  const options = { signal: hear.signal };
  socket.addEventListener("open", () => ears.opened(), options);
  socket.addEventListener("message", (event: MessageEvent) => ears.heard(String(event.data)), options);
  socket.addEventListener("close", (event: CloseEvent) => ears.closed(event.code, event.reason), options);
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(text);
      }
    },
    close: () => {
      hear.abort();
      socket.close(1000);
    },
  };
}

/** fetchPass asks for leave to join. */
export async function fetchPass(path: string, as: string, ref: string): Promise<Pass> {
  const patience = new AbortController();
  const timer = window.setTimeout(() => patience.abort(), ticketPatience);
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ as, ref, ...(as === "device" ? await signForSeat(patience.signal) : {}) }),
      signal: patience.signal,
    });
    if (answer.ok) {
      return (await answer.json()) as Pass;
    }
    const no = (await answer.json()) as { code?: string; message?: string };
    if (answer.status < 500 && no.code) {
      throw new TurnedAway(no.code, no.message);
    }
    throw new Error(`ticket: ${answer.status}`);
  } finally {
    window.clearTimeout(timer);
  }
}

/** keepIn remembers a secret for as long as this tab lives, if the browser lets it. */
export function keepIn(key: string): Keep {
  return {
    load: () => {
      try {
        return window.sessionStorage.getItem(key) ?? "";
      } catch {
        return ""; // forbidden here: a reload then takes a new ticket, and waits its turn
      }
    },
    save: (secret) => {
      try {
        secret === "" ? window.sessionStorage.removeItem(key) : window.sessionStorage.setItem(key, secret);
      } catch {
        // as above
      }
    },
  };
}

/** keepAwake keeps the screen from going dark while wanted is true, where the browser can. */
export function keepAwake(wanted: () => boolean): () => void {
  let lock: { release(): Promise<void> } | undefined;
  return () => {
    if (!wanted()) {
      void lock?.release().catch(() => undefined);
      lock = undefined;
    } else if (!lock && document.visibilityState === "visible" && "wakeLock" in navigator) {
      navigator.wakeLock.request("screen").then(
        (got) => {
          lock = got;
          got.addEventListener("release", () => {
            lock = undefined;
          });
        },
        () => undefined, // a nearly empty battery refuses; the call goes on
      );
    }
  };
}
