// What becomes of a seat when the room says no, or its socket closes: come back,
// and when, and as whom; or not at all. The codes are those of
// signaling/protocol/PROTOCOL.md, and the refusals of whoever gives out tickets.

import { knock, pause, type Clock } from "./clock.ts";
import { TurnedAway, type End } from "./world.ts";

/** Fate is either the end, or another try after a while. */
export type Fate =
  | { readonly end: End }
  | {
      /** ms until the next try. */
      readonly again: number;
      /** The seat is gone, and its secret with it: the next try needs a ticket. */
      readonly anew: boolean;
      /** What keeps us out until then, if a person should know it. */
      readonly hindrance: string;
    };

/** What keeps a person out now and may not in a while: ask again after so many ms. Every other no is final. */
const waits: { readonly [code: string]: number } = {
  resume_unknown: 0, // the seat was given up: join anew
  bad_ticket: 500,
  seat_taken: 2500,
  busy: 3000,
  draining: 5000,
  fault: 3000,
  room_full: 10_000,
  room_locked: 10_000,
  not_started: 10_000,
  not_open_yet: 15_000,
};

/** Hindrances that mend themselves before anybody need hear of them. */
const unsaid: readonly string[] = ["resume_unknown", "bad_ticket"];

/** A ticket refused this often in a row is not unlucky. */
const mostBadTickets = 4;

/** Close codes that mean a mistake in this page: coming back would only repeat it. */
const ourFault: readonly number[] = [1009, 4400, 4401, 4402];

/** Close codes after which the server wants a little time. */
const inNoHurry: readonly number[] = [1011, 1012, 4429];

/** afterNo is what follows a refused join. badTickets counts those refused in a row, this one included. */
export function afterNo({ code, text }: TurnedAway, badTickets: number, clock: Clock): Fate {
  const wait = waits[code];
  if (wait === undefined || badTickets >= mostBadTickets) {
    return { end: { kind: "refused", code, text } };
  }
  return {
    again: wait * (0.75 + 0.5 * clock.chance()),
    anew: code !== "seat_taken", // there the secret may be right, and the server not yet aware that we left
    hindrance: unsaid.includes(code) ? "" : code,
  };
}

/** Attempt is how it went until the socket closed. */
export interface Attempt {
  /** Failed tries before it, in a row. */
  readonly tries: number;
  /** Sound and picture go on. */
  readonly flows: boolean;
  /** How long ago it was dialled, in ms. */
  readonly lasted: number;
}

/** While media flows a door that stays shut is knocked at so often; then as at any other. */
const mostKnocks = 30;

/** The longest that a join takes if it comes to anything: the server allows ten seconds. */
const longestJoin = 12_000;

/**
 * joinPatience is how long to wait for a join's answer. What is lost on the way is
 * sent again ever more seldom, so whoever has a seat to lose soon dials anew; and
 * has more patience each time, should this network only be slow.
 */
export function joinPatience(of: { seated: boolean; flows: boolean; tries: number; trip: number }): number {
  if (!of.seated) {
    return longestJoin;
  }
  const several = 6 * of.trip; // TCP, TLS, the socket, the join
  const least = of.flows ? 1500 : 3000 * 2 ** Math.floor(of.tries / 2);
  return Math.min(longestJoin, least + several);
}

/** afterClose is what follows a closed socket. */
export function afterClose(code: number, reason: string, { tries, flows, lasted }: Attempt, clock: Clock): Fate {
  if (code === 4403) {
    return afterNo(new TurnedAway(reason === "" ? "fault" : reason), 0, clock);
  }
  if (code === 4410) {
    return { end: { kind: "ended", reason: "ended" } };
  }
  if (ourFault.includes(code)) {
    return { end: { kind: "broken", code: String(code) } };
  }
  const hurry = !inNoHurry.includes(code);
  return {
    again: hurry && flows && tries > 0 && tries < mostKnocks ? knock(lasted, clock) : pause(Math.max(tries, hurry ? 0 : 1), clock),
    anew: code === 1012, // that server, and every seat in it, is gone
    hindrance: "",
  };
}
