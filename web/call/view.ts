// What a page shows of a room, worked out from what the room says. Pure: the
// same snapshot always gives the same view, so every state is tested in Node.

import type { Person, Role, Slot } from "./protocol.ts";
import { untilWords } from "./until.ts";
import type { Snapshot } from "./world.ts";

/** Stage is which of the page's parts is seen. */
export type Stage = "joining" | "waiting" | "call" | "over";

/** Tile is one face. */
export interface Tile {
  readonly slot: number;
  readonly audio: string;
  readonly video: string;
  readonly seat: string;
  readonly name: string;
  readonly about: string;
  /** There is a picture to be seen. Otherwise note says why not. */
  readonly picture: boolean;
  readonly note: string;
  readonly muted: boolean;
  /** They are not muted, and are not heard: why. */
  readonly quiet: string;
  readonly speaking: boolean;
  readonly lost: boolean;
  /** Hands must be seen whole. */
  readonly sign: boolean;
  readonly large: boolean;
  readonly pinned: boolean;
}

/** View is everything that changes on the page but for one's own camera and microphone. */
export interface View {
  readonly stage: Stage;
  readonly held: boolean;
  readonly tiles: readonly Tile[];
  /** Admitted people for whom this page has no slot. */
  readonly unseen: readonly string[];
  /** Something is being mended: the room, because the hospital renews it or the network lost it, or sound and picture. */
  readonly mending: "" | "room" | "update" | "media";
  readonly covered: boolean;
  /** A member of staff looks at us while we wait. */
  readonly looked: boolean;
  /** The network on the way up carries hardly more than our voice. */
  readonly narrow: boolean;
  /** Somebody here types what is said. */
  readonly captioned: boolean;
  /** When the visit is to end, in words, if the ward has given it more time. */
  readonly until: string;
}

/** Occasion is what the page knows of the visit besides what the room says. */
export interface Occasion {
  /** An interpreter signs: they, and whom they sign for, are kept large unless somebody else is chosen. */
  readonly sign: boolean;
  /** Whose page this is: "visitor", "interpreter", or "device" for the patient's side. */
  readonly as: string;
  /** No picture is wanted, since it costs. */
  readonly saving: boolean;
  /** The hospital's time zone. */
  readonly zone: string;
  readonly narrow: boolean;
  /** Slots of which no picture, or no sound, comes although it should. */
  readonly dark: readonly number[];
  readonly deaf: readonly number[];
}

/** viewOf works out what to show. */
export function viewOf(now: Snapshot, occasion: Occasion): View {
  const large = largest(now, occasion);
  const tiles: Tile[] = [];
  for (const slot of now.slots) {
    const person = now.people.find((one) => one.seat === slot.seat);
    if (person) {
      tiles.push(tileOf(slot, person, now, { large, occasion }));
    }
  }
  return {
    stage: stageOf(now),
    held: now.phase === "held",
    tiles,
    unseen: now.people.filter((one) => !tiles.some((tile) => tile.seat === one.seat)).map((one) => one.name),
    mending: mendingOf(now),
    covered: now.covered,
    looked: now.looked,
    narrow: occasion.narrow && stageOf(now) === "call",
    captioned: now.people.some((one) => one.role === "reporter") || now.lines.some((line) => line.kind === "caption"),
    until: now.phase === "over" ? "" : untilWords(now.until, occasion.zone),
  };
}

function stageOf(now: Snapshot): Stage {
  switch (now.phase) {
    case "admitted":
      return "call";
    case "held":
      return "waiting";
    default:
      return now.phase;
  }
}

function mendingOf(now: Snapshot): View["mending"] {
  if (now.phase === "joining" || now.phase === "over") {
    return "";
  }
  if (!now.seated && now.hindrance === "draining") {
    return "update";
  }
  // Sound and picture first: a lost socket alone is noticed by nobody.
  if (now.media === "down" || now.media === "failed" || now.starved) {
    return "media";
  }
  return now.seated ? "" : "room";
}

/** signer is whoever signs in this visit: they come before everybody else, in size, in place and in what the network carries. */
export function signer(now: Snapshot, sign: boolean): string {
  return (sign && now.people.find((one) => one.role === "interpreter")?.seat) || "";
}

/**
 * largest is the seats that are given most room: whoever was chosen; else whoever
 * signs, beside the patient; and where an interpreter only speaks, everybody else.
 */
function largest(now: Snapshot, { sign, as }: Occasion): readonly string[] {
  const here = now.people.filter((one) => now.slots.some((slot) => slot.seat === one.seat));
  const seats = (role: Role) => here.filter((one) => one.role === role).map((one) => one.seat);
  if (here.some((one) => one.seat === now.pinned)) {
    return [now.pinned];
  }
  const interpreters = seats("interpreter");
  const behind = [...(sign ? [] : interpreters), ...seats("reporter")];
  if (sign && interpreters.length > 0) {
    return [...interpreters, ...seats("patient")];
  }
  const before = here.map((one) => one.seat).filter((seat) => !behind.includes(seat));
  // For whoever interprets, both they interpret for are as large as each other.
  return as !== "interpreter" && behind.length > 0 && before.length > 0 ? before : [];
}

function tileOf(slot: Slot, person: Person, now: Snapshot, how: { large: readonly string[]; occasion: Occasion }): Tile {
  const covered = person.covered || (person.role === "patient" && now.covered);
  const { occasion, large } = how;
  const note = noteOf(slot, person, covered, occasion);
  const muted = !person.audio || covered;
  return {
    slot: slot.slot,
    audio: slot.audio,
    video: slot.video,
    seat: person.seat,
    name: person.name,
    about: person.about,
    picture: note === "",
    note,
    muted,
    quiet: person.reconnecting ? (note === "" ? "Reconnecting…" : "") : muted ? "" : quietOf(slot, person, occasion),
    speaking: !muted && now.speaking.includes(person.seat),
    lost: person.reconnecting,
    sign: occasion.sign && person.role === "interpreter",
    large: large.includes(person.seat),
    pinned: person.seat === now.pinned,
  };
}

/** noteOf says why there is no picture, the nearest reason first; "" if there is one. */
function noteOf(slot: Slot, person: Person, covered: boolean, occasion: Occasion): string {
  // Who has lost only the room's ear is still seen and heard: nothing is hidden that comes.
  if (person.reconnecting && person.video && occasion.dark.includes(slot.slot)) {
    return "Connection lost. Coming back…";
  }
  if (covered) {
    return "Covered for a moment";
  }
  if (!person.video) {
    return person.role === "reporter" ? "Types what is said" : person.audio ? "Camera is off" : "Camera and sound are off";
  }
  if (occasion.saving) {
    return "Sound only: you use less data";
  }
  if (slot.paused) {
    return `Picture paused: your connection is slow.${person.audio ? " You can still hear them." : ""}`;
  }
  if (person.unseen) {
    return "Their camera is not working";
  }
  return occasion.dark.includes(slot.slot) ? "Their picture is not arriving. We are trying to get it back." : "";
}

function quietOf(slot: Slot, person: Person, { deaf }: Occasion): string {
  if (person.unheard) {
    return "Their microphone is not working";
  }
  return deaf.includes(slot.slot) ? "Their sound is not arriving" : "";
}

/** awaits says whether the sound and the picture of a slot should be coming now. What is behind a note of its own is not missed. */
export function awaits(slot: Slot, now: Snapshot, occasion: Occasion): { readonly sound: boolean; readonly picture: boolean } {
  const person = now.people.find((one) => one.seat === slot.seat);
  if (!person || now.phase !== "admitted" || person.covered || (person.role === "patient" && now.covered)) {
    return { sound: false, picture: false };
  }
  return { sound: person.audio, picture: person.video && !slot.paused && !occasion.saving };
}
