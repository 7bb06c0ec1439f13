// What has changed in a call, in sentences, for somebody who cannot see the page.

import type { Tile, View } from "./view.ts";

/** news is what is new in a view. */
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
  if (before?.stage === "call" && before.narrow !== after.narrow) {
    said.push(after.narrow ? "Your connection is slow. Others may see you late." : "Your connection is better again.");
  }
  if (after.until !== "" && before?.until !== after.until) {
    said.push(after.until);
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
  if (after.mending === "update") {
    return "The hospital is updating this service. Your visit goes on in a moment, by itself.";
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
  if (was.muted !== tile.muted) {
    return [tile.muted ? `${tile.name} is muted.` : `${tile.name} can be heard.`];
  }
  if (was.quiet !== tile.quiet) {
    return [tile.quiet === "" ? `${tile.name} can be heard.` : `${tile.name}: ${tile.quiet}`];
  }
  return [];
}
