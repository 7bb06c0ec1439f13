// What a check of the network found, and what it means: for the family, whether
// their visit will work here; for whoever keeps the network, what is closed.

import type { Finding } from "./words.ts";

/** Path is one way between this browser and the hospital. */
export type Path = "page" | "socket" | "udp" | "tcp" | "relay-udp" | "relay-tcp" | "relay-tls";

/** mediaPaths carry sound and picture, the best first. */
export const mediaPaths: readonly Path[] = ["udp", "relay-udp", "tcp", "relay-tcp", "relay-tls"];

/**
 * Outcome is what became of a path: it works; it does not; TLS is taken apart on
 * the way; browsers hide it until they may use the camera; the hospital does not
 * have it, or has no time for us just now.
 */
export type Outcome = "through" | "blocked" | "inspected" | "hidden" | "absent" | "busy";

/** Outcomes are those of every path that was tried. */
export type Outcomes = { readonly [path in Path]?: Outcome };

/** Verdict is the whole in a sentence, with what to do next. */
export interface Verdict {
  readonly state: "good" | "slow" | "bad";
  readonly heading: string;
  readonly text: string;
  readonly next: readonly string[];
}

const otherNetwork = [
  "Try mobile data: turn Wi-Fi off and check again.",
  "Or try another Wi-Fi, such as at home.",
  "If you must visit from here, send the words below to the people who look after this network.",
  "If nothing helps, ring the ward. They can help you to visit another way.",
];

/** judge says whether a visit will work here. Camera and microphone are their own rows: a visit works without. */
export function judge(found: Outcomes, capable: boolean, devices: { camera: boolean; microphone: boolean }): Verdict {
  if (!capable) {
    return {
      state: "bad",
      heading: "Your visit will not work in this browser",
      text: "It is too old, or cannot make video calls.",
      next: [
        "Update your phone or computer, or open this page in Safari, Chrome, Edge or Firefox.",
        "Open it from an address that begins with https.",
        "If neither helps, ring the ward. They can help you to visit another way.",
      ],
    };
  }
  if (found.page !== "through" || found.socket !== "through") {
    return {
      state: "bad",
      heading: "Your visit will not work on this network",
      text: "You can read this page, but this network does not let you into the waiting room.",
      next: otherNetwork,
    };
  }
  return fromMedia(found, devices);
}

function fromMedia(found: Outcomes, devices: { camera: boolean; microphone: boolean }): Verdict {
  const works = (path: Path) => found[path] === "through";
  const tried = mediaPaths.filter((path) => found[path] !== undefined && found[path] !== "absent");
  if (works("udp") || works("relay-udp")) {
    return { state: "good", heading: "Your visit will work here", ...withDevices("Sound and picture can get through.", devices) };
  }
  if (mediaPaths.some(works)) {
    return {
      state: "slow",
      heading: "Your visit will work here, but the picture may be slower",
      ...withDevices("This network lets sound and picture through by a slower way only.", devices, [
        "Mobile data or another Wi-Fi may be better: try it, and check again.",
      ]),
    };
  }
  if (tried.some((path) => found[path] === "busy")) {
    return {
      state: "slow",
      heading: "We could not finish the check",
      text: "You can reach the waiting room. We could not try sound and picture, because too many people are checking just now.",
      next: ["Wait a minute, then check again."],
    };
  }
  if (tried.some((path) => found[path] === "hidden")) {
    return {
      state: "slow",
      heading: "We could not try every way",
      text: "The ways that we could try are closed. Your browser hides the others until it may use your camera.",
      next: ["Allow the camera and microphone for this page, then check again.", ...otherNetwork],
    };
  }
  return {
    state: "bad",
    heading: "Your visit will not work on this network",
    text: "You can reach the waiting room, but this network does not let sound and picture through.",
    next: otherNetwork,
  };
}

/** withDevices adds what a camera or a microphone that is missing means. */
function withDevices(text: string, devices: { camera: boolean; microphone: boolean }, next: readonly string[] = []): { text: string; next: readonly string[] } {
  if (devices.camera && devices.microphone) {
    return { text, next };
  }
  const without =
    !devices.camera && !devices.microphone
      ? "But we cannot use your camera or your microphone: you would see and hear, and not be seen or heard."
      : devices.camera
        ? "But we cannot use your microphone: you would not be heard."
        : "But we cannot use your camera: you would be heard, and not seen.";
  return { text: text + " " + without, next: ["Look below for what to do about it, then check again.", ...next] };
}

/** pathFinding says what became of one path. */
export function pathFinding(path: Path, outcome: Outcome): Finding {
  const good = (text: string): Finding => ({ state: "good", text });
  const bad = (text: string): Finding => ({ state: "bad", text });
  const needed = path === "page" || path === "socket";
  switch (outcome) {
    case "through":
      return good(needed || path !== "udp" ? "Open." : "Open. This is the best way.");
    case "blocked":
      return bad(needed ? "Closed on this network. No visit works without it." : "Closed on this network.");
    case "inspected":
      return bad("Something on this network opens and reads secure connections (TLS inspection), and breaks this way.");
    case "hidden":
      return bad("Could not be tried: your browser hides it until it may use your camera.");
    case "absent":
      return bad("The hospital does not use this way just now.");
    case "busy":
      return bad("Could not be tried just now: too many people are checking. Check again in a minute.");
  }
}

const said: { readonly [outcome in Outcome]: string } = {
  through: "open",
  blocked: "closed",
  inspected: "closed; it looks like TLS inspection",
  hidden: "not tried: no leave to use the camera",
  absent: "not in use",
  busy: "not tried: the server was busy",
};

/** lineOf is what to add, for whoever keeps the network, to what they should allow: what was found, door by door. */
export function lineOf(found: Outcomes, doors: { readonly [path: string]: string }, when: string): string {
  const lines = Object.entries(doors).flatMap(([path, door]) => {
    const outcome = found[path as Path];
    return outcome === undefined ? [] : [`${door}: ${said[outcome]}`];
  });
  return `Found from here, ${when}:\n${lines.map((line) => `- ${line}\n`).join("")}`;
}

/** Within this a clock is right enough for everything that a visit checks. */
const rightEnough = 120_000;

/** clockFinding says whether this machine's clock is right: early and late are what it may be off, in ms. */
export function clockFinding(offset: number | undefined): Finding {
  if (offset === undefined) {
    return { state: "bad", text: "We could not ask the hospital what time it is." };
  }
  if (Math.abs(offset) <= rightEnough) {
    return { state: "good", text: "Your clock is right." };
  }
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const much = minutes < 120 ? `${minutes} minutes` : minutes < 2880 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`;
  return {
    state: "bad",
    text: `Your clock is about ${much} ${offset > 0 ? "slow" : "fast"}. Set the time and date to automatic in your settings, or secure pages may not open.`,
  };
}
