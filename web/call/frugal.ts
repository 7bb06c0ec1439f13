// A voice in larger pieces, and each piece once. Every packet carries the network's
// addresses and a seal, more than the voice that is in it at this rate; a third as
// many packets cost a third as much. And a packet that repeats the one before
// costs that one again. Both are asked for where a browser looks for it: in the
// answer to its offer, of the section in which it sends.

/** Whoever saves hears nothing of it, and is heard forty thousandths of a second later. */
const piece = 60; // ms

/** Thrift is what is to be saved of the sound that we send. */
export interface Thrift {
  /** Fewer, larger packets. */
  readonly larger: boolean;
  /** Nothing is sent twice. */
  readonly once: boolean;
}

/** frugal is an answer that asks for so much thrift of whatever sound we send. */
export function frugal(sdp: string, { larger, once }: Thrift): string {
  return sdp
    .split(/(?=^m=)/m)
    .map((section) => {
      if (!section.startsWith("m=audio") || !/^a=recvonly\r?$/m.test(section)) {
        return section;
      }
      const asked = once ? unrepeated(section) : section;
      return larger ? asked.replace(/^a=(max)?ptime:.*\r?\n/gm, "").trimEnd() + `\r\na=ptime:${piece}\r\n` : asked;
    })
    .join("");
}

/** unrepeated puts the format that repeats (RED) last of those that a section takes: a browser sends the first. */
function unrepeated(section: string): string {
  const repeats = /^a=rtpmap:(\d+) red\//im.exec(section)?.[1];
  return section.replace(/^(m=audio \S+ \S+)((?: \d+)+)/, (all, head: string, formats: string) => {
    const others = formats.trim().split(" ").filter((format) => format !== repeats);
    return repeats && others.length > 0 ? [head, ...others, repeats].join(" ") : all;
  });
}
