// Captions as a reporter types them: every few letters are shown while they are
// typed, and a line is done with Enter, or when it is as long as may be.

import type { Clock } from "./clock.ts";

/** The room's bound on a line, in characters. */
export const longest = 500;

/** Soon enough to follow a voice; seldom enough for a room that takes twenty frames a second. */
const breath = 250;

/** A line on a screen across a bed is this long; one that goes on is broken at a word. */
const line = 140;

export class Captions {
  private latest = "";
  private said = "";
  private cancel: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly send: (text: string, done: boolean) => boolean,
  ) {}

  /** typed takes what is in the field now, and gives what should stay there. */
  typed(text: string): string {
    if (count(text) > line) {
      const { head, tail } = broken(text);
      return this.end(head) ? tail : text;
    }
    this.cancel ??= this.clock.after(breath, () => {
      this.cancel = undefined;
      this.tell(this.latest);
    });
    this.latest = text;
    return text;
  }

  /** end sends a line as done, and says whether it went. An empty one is not a line. */
  end(text: string): boolean {
    this.cancel?.();
    this.cancel = undefined;
    this.latest = this.said = "";
    const words = text.trim();
    return words === "" || this.send(cut(words), true);
  }

  private tell(text: string): void {
    const words = cut(text.trim());
    if (words !== "" && words !== this.said && this.send(words, false)) {
      this.said = words;
    }
  }
}

/** broken divides a text that is too long at its last space. */
function broken(text: string): { head: string; tail: string } {
  const at = text.lastIndexOf(" ");
  return at <= 0 ? { head: text, tail: "" } : { head: text.slice(0, at), tail: text.slice(at + 1) };
}

/** cut is a text within the room's bound, which counts characters and not halves of them. */
export function cut(text: string): string {
  return count(text) <= longest ? text : [...text].slice(0, longest).join("");
}

function count(text: string): number {
  return [...text].length;
}
