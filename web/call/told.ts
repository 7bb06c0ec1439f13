// What a page knows of a room: at first, when nobody else is to be known of, and
// after each frame that tells something and asks for nothing.

import type { FromServer, Line } from "./protocol.ts";
import type { Snapshot } from "./world.ts";

/** alone is all that is forgotten with the others. */
export const alone = {
  people: [],
  slots: [],
  covered: false,
  speaking: [],
  looked: false,
} as const;

/** well is that nothing is known to be wrong at our end. */
export const well = { audio: "", video: "" } as const;

/** nothing is what is known before anything was said. */
export const nothing: Snapshot = {
  ...alone,
  phase: "joining",
  seated: false,
  media: "none",
  starved: false,
  hindrance: "",
  tries: 0,
  seat: "",
  role: "",
  locked: false,
  pinned: "",
  trouble: well,
  sparing: false,
  lines: [],
  said: "",
  until: "",
  end: undefined,
};

/** told is what such a frame changes. */
export function told(frame: FromServer): Partial<Snapshot> {
  switch (frame.type) {
    case "people":
      return { people: frame.people, locked: frame.locked, covered: frame.covered };
    case "slots":
      return { slots: frame.slots };
    case "speaking":
      return { speaking: frame.seats };
    case "trouble":
      return { trouble: { audio: frame.audio, video: frame.video } };
    case "sparing":
      return { sparing: frame.on };
    case "looked":
      return { looked: frame.on };
    case "until":
      return { until: frame.at };
    case "say":
      return { said: frame.text };
    default:
      return {};
  }
}

/** A room keeps no more; a page need not either. */
const mostLines = 200;

/** written adds lines to those before, in order; one with the number of another takes its place. */
export function written(before: readonly Line[], more: readonly Line[]): readonly Line[] {
  const lines = new Map(before.map((line) => [line.n, line]));
  for (const line of more) {
    lines.set(line.n, line);
  }
  return [...lines.values()].sort((a, b) => a.n - b.n).slice(-mostLines);
}
