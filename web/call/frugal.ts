// A voice in larger pieces. Every packet carries the network's addresses and a
// seal, more than the voice that is in it at this rate; a third as many packets
// cost a third as much. It is asked for where a browser looks for it: in the
// answer to its offer, of the section in which it sends.

/** Whoever saves hears nothing of it, and is heard forty thousandths of a second later. */
const piece = 60; // ms

/** frugal is an answer that asks for larger pieces of whatever sound we send. */
export function frugal(sdp: string): string {
  return sdp
    .split(/(?=^m=)/m)
    .map((section) => {
      if (!section.startsWith("m=audio") || !/^a=recvonly\r?$/m.test(section)) {
        return section;
      }
      return section.replace(/^a=(max)?ptime:.*\r?\n/gm, "").trimEnd() + `\r\na=ptime:${piece}\r\n`;
    })
    .join("");
}
