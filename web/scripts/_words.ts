// What a live page says of time between two looks at the server, in the words
// that the server would use.

const minute = 60_000;

function plural(n: number, one: string, many: string): string {
  return n === 1 ? `1 ${one}` : `${n} ${many}`;
}

/** How long something has lasted, in whole minutes. */
export function lasted(ms: number): string {
  if (ms < minute) {
    return "less than a minute";
  }
  const total = Math.floor(ms / minute);
  const hours = Math.floor(total / 60);
  const rest = total % 60;
  const parts: string[] = [];
  if (hours > 0) {
    parts.push(plural(hours, "hour", "hours"));
  }
  if (rest > 0 || hours === 0) {
    parts.push(plural(rest, "minute", "minutes"));
  }
  return parts.join(" ");
}

/** How long ago something was. */
export function ago(ms: number): string {
  return ms < minute ? "just now" : `${lasted(ms)} ago`;
}
