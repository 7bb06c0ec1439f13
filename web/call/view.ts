// What a page shows of a room, worked out from what the room says. Pure: the
// same snapshot always gives the same view, so every state is tested in Node.

import type { Person, Slot } from "./protocol.ts";
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
  /** Something is being mended: the room, or sound and picture. */
  readonly mending: "" | "room" | "media";
  readonly covered: boolean;
}

/** Occasion is what the page knows of the visit besides what the room says. */
export interface Occasion {
  /** An interpreter signs: they are kept large unless somebody else is chosen. */
  readonly sign: boolean;
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
  // Sound and picture first: a lost socket alone is noticed by nobody.
  if (now.media === "down" || now.media === "failed" || now.starved) {
    return "media";
  }
  return now.seated ? "" : "room";
}

/** largest is the seat that is given most room: whoever was chosen, else whoever signs. */
function largest(now: Snapshot, occasion: Occasion): string {
  if (now.people.some((one) => one.seat === now.pinned)) {
    return now.pinned;
  }
  const signing = occasion.sign ? now.people.find((one) => one.role === "interpreter") : undefined;
  return signing?.seat ?? "";
}

function tileOf(slot: Slot, person: Person, now: Snapshot, how: { large: string; occasion: Occasion }): Tile {
  const covered = person.covered || (person.role === "patient" && now.covered);
  const picture = person.video && !covered && !person.reconnecting;
  return {
    slot: slot.slot,
    audio: slot.audio,
    video: slot.video,
    seat: person.seat,
    name: person.name,
    about: person.about,
    picture,
    note: picture ? "" : noteOf(person, covered),
    muted: !person.audio || covered,
    lost: person.reconnecting,
    sign: how.occasion.sign && person.role === "interpreter",
    large: person.seat === how.large,
    pinned: person.seat === now.pinned,
  };
}

function noteOf(person: Person, covered: boolean): string {
  if (person.reconnecting) {
    return "Connection lost. Coming back…";
  }
  if (covered) {
    return "Covered for a moment";
  }
  return person.audio ? "Camera is off" : "Camera and sound are off";
}

/** news is what has changed, in sentences, for somebody who cannot see the page. */
export function news(before: View | undefined, after: View): string[] {
  const said: string[] = [];
  if (after.stage === "waiting" && (before?.stage !== "waiting" || before.held !== after.held)) {
    said.push(
      after.held ? "The ward has asked you to wait for a moment." : "You are in the waiting room. The ward knows you are here.",
    );
  }
  if (after.stage === "call" && before?.stage !== "call") {
    said.push("You are in the visit.");
  }
  if (before?.stage === "over" || after.stage === "over") {
    return said; // the page's own heading says the rest
  }
  if (before && before.mending !== after.mending) {
    said.push(mendingNews(before, after));
  }
  const was = before?.stage === "call" ? before.tiles : [];
  for (const tile of after.tiles) {
    said.push(...tileNews(was.find((one) => one.seat === tile.seat), tile));
  }
  for (const gone of was.filter((one) => !after.tiles.some((tile) => tile.seat === one.seat))) {
    if (after.stage === "call") {
      said.push(`${gone.name} has left.`);
    }
  }
  return said.filter((sentence) => sentence !== "");
}

function mendingNews(before: View, after: View): string {
  if (after.mending === "") {
    return "You are connected again.";
  }
  return before.mending === "" ? "The connection was lost. It comes back by itself." : "";
}

function tileNews(was: Tile | undefined, tile: Tile): string[] {
  if (!was) {
    return [`${tile.name} is here.`];
  }
  if (was.note !== tile.note) {
    return [tile.note === "" ? `${tile.name} can be seen.` : `${tile.name}: ${tile.note}`];
  }
  return was.muted === tile.muted ? [] : [tile.muted ? `${tile.name} is muted.` : `${tile.name} can be heard.`];
}
