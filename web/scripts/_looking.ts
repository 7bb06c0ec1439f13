// What a member of staff is told while they look at somebody who waits.
import type { Snapshot } from "../call/world.ts";

/** lookWords says how it stands: shown is that the room shows them, seen that a picture has come. */
export function lookWords(now: Snapshot, shown: boolean, seen: boolean, name: string): string {
  if (now.phase === "over") {
    if (now.end?.kind === "ended" && now.end.reason === "revoked") {
      return "You cannot see who is waiting any more: you are signed out here, or your role on this ward has ended.";
    }
    return now.end?.kind === "ended" ? "You are not looking any more. Go back to the board." : "They cannot be shown now. Go back to the board.";
  }
  if (!now.seated || now.media === "none" || now.media === "connecting") {
    return "Connecting…";
  }
  if (!shown) {
    return `${name} is not waiting any more, or their connection is lost for a moment.`;
  }
  return seen ? `You see and hear ${name}. They know it.` : `You hear ${name}, if their microphone is on. There is no picture yet.`;
}
