// What a Room says, and what it needs of the world outside: a socket, leave to
// join, a peer connection, somewhere to keep a secret, and the time.

import type { Clock } from "./clock.ts";
import type { EndedReason, Lack, Line, Person, Role, Slot, Standing } from "./protocol.ts";
import type { MediaState } from "./repair.ts";

export type Phase = "joining" | Standing | "over";

/** End is why a person's time in the room is over. */
export type End =
  | { readonly kind: "ended"; readonly reason: EndedReason }
  | { readonly kind: "refused"; readonly code: string; readonly text: string }
  | { readonly kind: "broken"; readonly code: string };

/** Snapshot is everything that a page shows of a room. It has no secrets. */
export interface Snapshot {
  readonly phase: Phase;
  /** The room can hear us now. */
  readonly seated: boolean;
  readonly media: MediaState;
  /** The paths seem well, and yet neither sound nor picture comes. */
  readonly starved: boolean;
  /** Why we may not sit down yet: a code, or "" while there is no reason but the network. */
  readonly hindrance: string;
  /** Failed tries to reach the room, in a row. */
  readonly tries: number;
  readonly seat: string;
  readonly role: Role | "";
  readonly people: readonly Person[];
  readonly slots: readonly Slot[];
  readonly locked: boolean;
  readonly covered: boolean;
  readonly pinned: string;
  /** Who speaks, the loudest first. */
  readonly speaking: readonly string[];
  /** What is switched on at our end and does not reach the room. */
  readonly trouble: { readonly audio: Lack; readonly video: Lack };
  /** Somebody whom we are sent to has a network that carries little. */
  readonly sparing: boolean;
  /** What was written, in order. */
  readonly lines: readonly Line[];
  /** A member of staff looks at us while we wait. */
  readonly looked: boolean;
  readonly said: string;
  /** When the visit is to end, if the ward has given it more time. */
  readonly until: string;
  readonly end: End | undefined;
}

/** Socket is one websocket, once dialled. */
export interface Socket {
  send(text: string): void;
  close(): void;
}

/** Ears are what a socket tells. After closed it tells nothing more. */
export interface Ears {
  opened(): void;
  heard(text: string): void;
  closed(code: number, reason: string): void;
}

/** IceServer is a machine that helps media through a firewall. */
export interface IceServer {
  readonly urls: string[];
  readonly username?: string;
  readonly credential?: string;
}

/** Codec is what a room's pictures are written in. */
export type Codec = "vp8" | "h264";

/** Pass is leave to join: a ticket, the helpers it may use, and the room's codec if it is not the usual one. */
export interface Pass {
  readonly ticket: string;
  readonly iceServers: IceServer[];
  readonly codec?: Codec | "";
}

/** Media is the one peer connection. */
export interface Media {
  /** offer makes a new connection, in place of any earlier one, and gives its offer. */
  offer(pass: Pass): Promise<string>;
  /** restart gives an offer of new paths for the same connection. */
  restart(): Promise<string>;
  answer(sdp: string): Promise<void>;
  close(): void;
}

/** Keep remembers the resume secret through a reload of the page. */
export interface Keep {
  load(): string;
  save(secret: string): void;
}

/** World is everything a Room needs of the world outside. */
export interface World {
  dial(ears: Ears): Socket;
  /** ticket asks for leave to join. It throws a TurnedAway if the answer is no. */
  ticket(): Promise<Pass>;
  media: Media;
  keep: Keep;
  clock: Clock;
  changed(now: Snapshot): void;
}

/** TurnedAway is a no to a join, by its code, and in words if whoever says it has any. */
export class TurnedAway extends Error {
  constructor(
    readonly code: string,
    readonly text = "",
  ) {
    super("turned away: " + code);
  }
}
