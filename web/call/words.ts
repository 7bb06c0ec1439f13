// What the call says to people, by code. Plain words for a worried reader: what
// has happened, then what to do.

import type { Kind } from "./capture.ts";
import type { Reach } from "./paths.ts";
import type { EndedReason, Lack } from "./protocol.ts";
import type { MediaState } from "./repair.ts";
import type { Trouble } from "./trouble.ts";
import type { End, Snapshot } from "./world.ts";

/** Message is a heading and what to do next. */
export interface Message {
  readonly heading: string;
  readonly text: string;
  /** What the page's one button does: come in again, load anew, or nothing. */
  readonly then: "join" | "reload" | "";
}

/** Place is what the page knows of where the visit is. */
export interface Place {
  /** Who reads: "visitor", "interpreter", or "device" for the patient's side. */
  readonly as: string;
  readonly ward: string;
  readonly phone: string;
}

/** ring says whom to ring, within a sentence. A ward without a number is found through the hospital's. */
export function ring(place: Place): string {
  return place.phone === "" ? "ring the ward" : `ring ${place.ward} on ${place.phone}`;
}

/** atTheEnd says why it is over. */
export function atTheEnd(end: End, place: Place): Message {
  switch (end.kind) {
    case "ended":
      return endings(place)[end.reason];
    case "broken":
      return {
        heading: "Something went wrong on this page",
        text: `Load the page again to come back to your visit. If that does not help, ${ring(place)}.`,
        then: "reload",
      };
    case "refused":
      return refusals(place)[end.code] ?? unknownRefusal(end.text, place);
  }
}

/** unknownRefusal tells a no in the words it came with: the first sentence is its heading. */
function unknownRefusal(text: string, place: Place): Message {
  const stop = text.indexOf(". ");
  const heading = stop < 0 ? text.replace(/\.$/, "") : text.slice(0, stop);
  const rest = stop < 0 ? "" : text.slice(stop + 2) + " ";
  const help = `If you need help, ${ring(place)}.`;
  return { heading: heading || "You cannot join the visit", text: rest + help, then: "join" };
}

/** thanksTo says goodbye to whoever reads. */
function thanksTo(place: Place): string {
  switch (place.as) {
    case "device":
      return "A member of staff will take the iPad.";
    case "interpreter":
      return `Thank you for interpreting. If something was wrong, ${ring(place)}.`;
    default:
      return `Thank you for visiting. If you are worried, or want to know how things are, ${ring(place)}.`;
  }
}

function endings(place: Place): { readonly [reason in EndedReason]: Message } {
  const thanks = thanksTo(place);
  return {
    ended: { heading: "The visit has ended", text: thanks, then: "" },
    finished: { heading: "The visit has ended", text: thanks, then: "" },
    left: { heading: "You have left the visit", text: "If you left by mistake, you can go back in.", then: "join" },
    removed: { heading: "The visit has ended for you", text: `If you think this is a mistake, ${ring(place)}.`, then: "" },
    replaced: {
      heading: "You joined somewhere else",
      text: "This visit is now open in another window or on another phone. You can close this page.",
      then: "join",
    },
    swapped: {
      heading: "The visit goes on on another iPad",
      text: "A member of staff will take this one.",
      then: "",
    },
    revoked: {
      heading: "This call has ended here",
      text: place.as === "device" ? "This iPad is not one of the ward’s any more." : "You are not signed in any more.",
      then: "",
    },
    waited: {
      heading: "You have been waiting for a long time",
      text: "We let go of your place so that it does not stay open all day. Go back in when it is nearly time.",
      then: "join",
    },
  };
}

function refusals(place: Place): { readonly [code: string]: Message } {
  return {
    removed: endings(place).removed,
    room_over: endings(place).ended,
    version: {
      heading: "This page is out of date",
      text: "Load the page again to join your visit.",
      then: "reload",
    },
    not_expected: {
      heading: "You cannot join just now",
      text: `The ward is not expecting you at this time. Check the time of your visit. If it is now, ${ring(place)}.`,
      then: "join",
    },
    bad_ticket: {
      heading: "You cannot join just now",
      text: `Check that the time and date on your phone or computer are right, then try again. If that does not help, ${ring(place)}.`,
      then: "join",
    },
    bad_offer: {
      heading: "This browser cannot join the visit",
      text: `Open the visit in Safari, Chrome, Edge or Firefox, and update it if you can. If that does not help, ${ring(place)}.`,
      then: "",
    },
  };
}

/** joiningWords says what is happening on the way in. */
export function joiningWords(now: Snapshot, place: Place): string {
  const known: { readonly [code: string]: string } = {
    seat_taken: "This visit is still open in another window. Close it there, and you will come in here.",
    room_full: "The visit is full just now. You will come in as soon as there is room.",
    room_locked: "The ward has closed the door for the moment. We keep knocking.",
    not_open_yet: "The waiting room is not open yet. Stay here: you will come in by yourself.",
    not_started: "The visit has not been started yet. Stay here: you will come in by yourself.",
    draining: "The hospital is updating this service. You will come in by yourself in a moment.",
    busy: "Many people are joining just now. You will come in by yourself in a moment.",
    fault: "Something went wrong on our side. We are trying again.",
  };
  if (now.hindrance !== "") {
    return known[now.hindrance] ?? "We are trying again.";
  }
  if (now.tries < 3) {
    return "Connecting you to the hospital…";
  }
  return (
    "We cannot reach the hospital. Check that your phone or computer is on the internet. " +
    `We keep trying. If it does not work, ${ring(place)}.`
  );
}

/** pathWords says how sound and picture are getting through, to somebody who waits. */
export function pathWords(media: MediaState): string {
  switch (media) {
    case "up":
      return "Your sound and picture can reach the hospital.";
    case "none":
    case "connecting":
      return "Connecting your sound and picture…";
    default:
      return (
        "Your sound and picture cannot reach the hospital just now. We keep trying. " +
        "If this does not change, try another Wi-Fi, or turn Wi-Fi off and use mobile data."
      );
  }
}

const devices = { audio: "microphone", video: "camera" } as const;

/** troubleWords says what is wrong with a camera or microphone, and what to do; at the bedside it is staff who read it. */
export function troubleWords(kind: Kind, trouble: Trouble, bedside = false): string {
  const it = devices[kind];
  const without = kind === "video" && !bedside ? " You can still join: you will be heard, and see everybody." : "";
  switch (trouble) {
    case "":
      return "";
    case "denied":
      return (
        `This page may not use your ${it}. Open your browser’s settings for this website, ` +
        `allow the ${it}, then try again.` + without
      );
    case "missing":
      return `We cannot find a ${it}. If you have one, plug it in.` + without;
    case "busy":
      return `Something else is using your ${it}. Close other apps and calls, then try again.` + without;
    case "insecure":
      return "This page was not opened over a secure connection. Open it again from the link in your message, beginning with https.";
    case "unsupported":
      return "This browser cannot make video calls. Open your link in Safari, Chrome, Edge or Firefox.";
    case "failed":
      return `Your ${it} did not start. Close other apps, then try again.` + without;
  }
}

/** lackWords says that what is on here does not reach the others, and what to try; at the bedside it is staff who read it. */
export function lackWords(kind: Kind, lack: Lack | "black", bedside = false): string {
  const whom = bedside ? "the patient" : "you";
  switch (lack) {
    case "":
      return "";
    case "black":
      return `The others see only black. Check that nothing covers the camera${bedside ? "" : ", such as a sliding cover or a finger"}.`;
    case "silent":
      return (
        `We can’t hear ${whom}: the microphone is on, and no sound comes from it. ` +
        "If there is a headset, check that it is switched on and not muted."
      );
    case "none":
      return kind === "audio"
        ? `We can’t hear ${whom}. Close other apps and calls that may use the microphone, then try again.`
        : `We can’t see ${whom}. Close other apps and calls that may use the camera, then try again.`;
  }
}

/** Finding is what a check of something found. */
export interface Finding {
  readonly state: "trying" | "good" | "bad";
  readonly text: string;
}

/** networkWords says whether this network lets a call through: its socket, and its sound and picture. */
export function networkWords(socket: Reach, packets: Reach): Finding {
  if (socket !== "through") {
    return {
      state: "bad",
      text:
        "Your internet connection does not let you reach the hospital’s visits. " +
        "Try another Wi-Fi, or turn Wi-Fi off and use mobile data. Then check again.",
    };
  }
  switch (packets) {
    case "through":
      return { state: "good", text: "Your internet connection works. Sound and picture can get through." };
    case "unsure":
      return {
        state: "good",
        text: "You can reach the hospital. Sound and picture are tried in the waiting room, before anybody sees you.",
      };
    case "blocked":
      return {
        state: "bad",
        text:
          "You can reach the hospital, but this network may hold up sound and picture. " +
          "If you can, try another Wi-Fi, or turn Wi-Fi off and use mobile data. Then check again.",
      };
  }
}
