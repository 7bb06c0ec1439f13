// What is shown of written words. Pure: which captions stand under the picture,
// what is new to a reader, and how a message is read out.

import type { Line } from "./protocol.ts";

/** Three lines can be read while a fourth is spoken. */
const mostCaptions = 3;

/** captions are those that stand under the picture. */
export function captions(lines: readonly Line[]): readonly Line[] {
  return lines.filter((line) => line.kind === "caption" && line.text !== "").slice(-mostCaptions);
}

/** messages are what people wrote to each other. */
export function messages(lines: readonly Line[]): readonly Line[] {
  return lines.filter((line) => line.kind === "chat");
}

/** unread counts the messages of others after the last that was read. */
export function unread(lines: readonly Line[], read: number, self: string): number {
  return messages(lines).filter((line) => line.n > read && line.seat !== self).length;
}

/** lastOf is the number of the last line; 0 if there is none. */
export function lastOf(lines: readonly Line[]): number {
  return lines[lines.length - 1]?.n ?? 0;
}

/** arrived are the messages of others that were not there before, in words for whoever does not see them. */
export function arrived(before: readonly Line[], after: readonly Line[], self: string): string[] {
  const known = new Set(before.map((line) => line.n));
  return messages(after)
    .filter((line) => line.seat !== self && !known.has(line.n))
    .map((line) => `${line.name} wrote: ${line.text}`);
}
