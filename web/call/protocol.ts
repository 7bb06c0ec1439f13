// The room's protocol, version 2, as a browser speaks it. What each frame means
// is said in signaling/protocol/PROTOCOL.md; the golden frames beside it are
// read by this file's test.

export const version = 2;

export type Standing = "waiting" | "admitted" | "held";
export type Role = "patient" | "visitor" | "interpreter" | "reporter" | "staff";
export type EndedReason = "ended" | "finished" | "removed" | "left" | "replaced" | "revoked" | "waited" | "swapped";

/** Stats is a summary of how the call is for this browser. It has no content and no addresses. */
export interface Stats {
  path: "udp" | "tcp" | "relay" | "";
  rtt: number;
  first: number;
  freezes: number;
  frozen: number;
  concealed: number;
  lost: number;
  fps: number;
  kbps: number;
  /** Pictures that should be there now and are missing, frozen or black. */
  dark: number;
  /** Sounds that should come now and do not. */
  deaf: number;
}

/** Drawn is how large a slot is on this screen, in its own pixels; 0 × 0 is not at all. */
export interface Drawn {
  slot: number;
  width: number;
  height: number;
}

interface Joining {
  type: "join";
  v: number;
  audio: boolean;
  video: boolean;
}

/** Join is the first frame: with a ticket it takes a seat, with the resume secret it takes one's own seat back. */
export type Join =
  | (Joining & { ticket: string; sdp: string })
  | (Joining & { resume: string; sdp?: string });

/** ToServer is every frame that a browser sends. */
export type ToServer =
  | Join
  | { type: "offer"; seq: number; sdp: string }
  | { type: "state"; audio: boolean; video: boolean }
  | { type: "pin"; seat: string }
  | { type: "view"; slots: Drawn[]; saving: boolean }
  | { type: "line"; text: string; done: boolean }
  | { type: "look"; seat: string }
  | { type: "cover"; covered: boolean }
  | { type: "finish" }
  | { type: "leave" }
  | ({ type: "stats" } & Stats)
  | { type: "ping"; n: number };

/** Person is somebody else who has been let in. */
export interface Person {
  seat: string;
  role: Role;
  name: string;
  about: string;
  audio: boolean;
  video: boolean;
  covered: boolean;
  reconnecting: boolean;
  /** The microphone is on, and nothing comes. */
  unheard: boolean;
  /** The camera is on, and nothing comes. */
  unseen: boolean;
}

/** Slot is one place for a face: two media sections for the life of the connection, and who is in them now. */
export interface Slot {
  slot: number;
  audio: string;
  video: string;
  seat: string;
  /** Our own network carries only sound, so this picture is held back for now. */
  paused: boolean;
}

/** Line is something written. One with the n of an earlier line replaces it. */
export interface Line {
  n: number;
  seat: string;
  name: string;
  kind: "chat" | "caption";
  text: string;
  done: boolean;
}

/** Lack is why what is switched on here does not reach the room; "" is that all is well. */
export type Lack = "" | "none" | "silent";

/** FromServer is every frame that a browser is sent. */
export type FromServer =
  | {
      type: "welcome";
      v: number;
      seat: string;
      role: Role;
      standing: Standing;
      resume: string;
      seq: number;
      sdp: string;
      capacity: number;
    }
  | { type: "answer"; seq: number; sdp: string }
  | { type: "standing"; standing: Standing }
  | { type: "people"; locked: boolean; covered: boolean; people: Person[] }
  | { type: "slots"; slots: Slot[] }
  | { type: "speaking"; seats: string[] }
  | { type: "trouble"; audio: Lack; video: Lack }
  | { type: "sparing"; on: boolean }
  | { type: "lines"; lines: Line[] }
  | { type: "looked"; on: boolean }
  | { type: "say"; text: string }
  | { type: "until"; at: string }
  | { type: "ended"; reason: EndedReason }
  | { type: "refused"; code: string; frame: string }
  | { type: "pong"; n: number };

/** encode writes a frame. */
export function encode(frame: ToServer): string {
  return JSON.stringify(frame);
}

/**
 * decode reads a frame. Unknown fields are left out; a frame that is unknown or
 * lacks a field is undefined, and is to be ignored: a newer server may say more
 * than this page understands.
 */
export function decode(text: string): FromServer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || typeof value.type !== "string") {
    return undefined;
  }
  const shape = Object.prototype.hasOwnProperty.call(shapes, value.type) ? shapes[value.type] : undefined;
  const fields = shape && read(value, shape);
  return fields && ({ type: value.type, ...fields } as FromServer);
}

type Fields = { [name: string]: unknown };

/** Shape says what each field must be: a primitive, one of some words, or a list of shapes or of primitives. */
type Shape = { [field: string]: "string" | "number" | "boolean" | readonly string[] | { each: Shape } | { eachOf: "string" } };

const standings = ["waiting", "admitted", "held"] as const;
const roles = ["patient", "visitor", "interpreter", "reporter", "staff"] as const;

const person: Shape = {
  seat: "string",
  role: roles,
  name: "string",
  about: "string",
  audio: "boolean",
  video: "boolean",
  covered: "boolean",
  reconnecting: "boolean",
  unheard: "boolean",
  unseen: "boolean",
};

const lacks = ["", "none", "silent"] as const;

const line: Shape = {
  n: "number",
  seat: "string",
  name: "string",
  kind: ["chat", "caption"],
  text: "string",
  done: "boolean",
};

const shapes: { [type: string]: Shape } = {
  welcome: {
    v: "number",
    seat: "string",
    role: roles,
    standing: standings,
    resume: "string",
    seq: "number",
    sdp: "string",
    capacity: "number",
  },
  answer: { seq: "number", sdp: "string" },
  standing: { standing: standings },
  people: { locked: "boolean", covered: "boolean", people: { each: person } },
  slots: { slots: { each: { slot: "number", audio: "string", video: "string", seat: "string", paused: "boolean" } } },
  speaking: { seats: { eachOf: "string" } },
  trouble: { audio: lacks, video: lacks },
  sparing: { on: "boolean" },
  lines: { lines: { each: line } },
  looked: { on: "boolean" },
  say: { text: "string" },
  until: { at: "string" },
  ended: { reason: ["ended", "finished", "removed", "left", "replaced", "revoked", "waited", "swapped"] },
  refused: { code: "string", frame: "string" },
  pong: { n: "number" },
};

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** read copies the fields of a shape, or gives undefined if one is missing or of another kind. */
function read(value: Fields, shape: Shape): Fields | undefined {
  const fields: Fields = {};
  for (const [name, want] of Object.entries(shape)) {
    const got = readField(value[name], want);
    if (got === undefined) {
      return undefined;
    }
    fields[name] = got;
  }
  return fields;
}

function readField(got: unknown, want: Shape[string]): unknown {
  if (typeof want === "string") {
    return typeof got === want ? got : undefined;
  }
  if (!("each" in want || "eachOf" in want)) {
    return typeof got === "string" && want.includes(got) ? got : undefined;
  }
  if (!Array.isArray(got)) {
    return undefined;
  }
  if ("eachOf" in want) {
    return got.every((one: unknown) => typeof one === want.eachOf) ? got : undefined;
  }
  const list = got.map((one: unknown) => (isObject(one) ? read(one, want.each) : undefined));
  return list.includes(undefined) ? undefined : list;
}
