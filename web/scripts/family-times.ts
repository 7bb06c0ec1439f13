// Says how the reader's own clock differs from the ward's, when it does: a son in
// Lagos must not have to work it out.

const line = document.querySelector<HTMLElement>("[data-zone]");

if (line?.dataset.zone && line.dataset.noon) {
  const noon = new Date(line.dataset.noon);
  const there = wall(noon, line.dataset.zone);
  const here = wall(noon);
  if (there && here && there !== here) {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone.replace(/^.*\//, "").replaceAll("_", " ");
    line.append(` When it is ${there} there, it is ${here} in ${own}.`);
  }
}

// The day that is shown may be out of sight on a phone.
document.querySelector(".wv-day[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

function wall(at: Date, timeZone?: string): string | null {
  try {
    return new Intl.DateTimeFormat("en-GB", { hour: "numeric", minute: "2-digit", hour12: true, weekday: "long", timeZone }).format(at);
  } catch {
    return null; // a zone that this browser does not know
  }
}
