// When a visit is to end, now that the ward has given it more time, in words.

/** untilWords says it by the hospital's clock, and whose clock that is to whoever is elsewhere; "" when there is nothing to say. */
export function untilWords(at: string, zone: string, own?: string): string {
  const when = new Date(at);
  if (at === "" || Number.isNaN(when.getTime())) {
    return "";
  }
  const there = clock(when, zone);
  const named = there === clock(when, own) ? there : `${there} ${nameOf(when, zone)}`.trim();
  return `The ward has given this visit more time. It ends at ${named}.`;
}

/** clock writes a time as the service's other pages do: "2:40pm". */
function clock(when: Date, timeZone: string | undefined): string {
  const parts = new Intl.DateTimeFormat("en-GB", { hour: "numeric", minute: "2-digit", hour12: true, timeZone: known(timeZone) }).formatToParts(when);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  const hour = part("hour") === "0" ? "12" : part("hour");
  return `${hour}:${part("minute")}${part("dayPeriod").toLowerCase().replaceAll(/[^a-z]/g, "")}`;
}

function nameOf(when: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: known(timeZone), timeZoneName: "long" }).formatToParts(when);
  return parts.find((one) => one.type === "timeZoneName")?.value ?? "";
}

/** known is a zone that this browser knows; its own instead of any other. */
function known(timeZone: string | undefined): string | undefined {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone });
    return timeZone;
  } catch {
    return undefined;
  }
}
