// The wall screen: it follows the ward's day by itself, and says plainly when what
// it shows may be out of date. Nobody stands near enough to press anything.
import { Stream, fetchPage, morph } from "./_live.ts";

/** Without a word for so long, what is shown may be wrong: three of the server's heartbeats of a look a minute would be too late for a ward. */
const staleAfter = 75_000;

const wall = document.getElementById("wall");
const note = document.getElementById("stale");

let heard = Date.now();
let lost = false;

/** Says how old the picture is, once that matters. */
function judge(): void {
  const old = lost || Date.now() - heard > staleAfter;
  document.body.classList.toggle("wv-page--stale", old);
  if (!note || note.hidden === !old) {
    return;
  }
  note.hidden = !old;
  const at = new Date(heard).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  note.textContent = old ? `Out of date: no connection since ${at}. Look at the printed sheet.` : "";
}

let fetching = false;
let again = false;

async function refresh(): Promise<void> {
  again = true;
  if (fetching) {
    return;
  }
  fetching = true;
  while (again) {
    again = false;
    const fetched = await fetchPage("/wall");
    if (!fetched || fetched.response.status >= 500) {
      lost = true;
      judge();
      again = true;
      await new Promise((done) => setTimeout(done, 3_000));
      continue;
    }
    const fresh = fetched.page.getElementById("wall");
    if (!fresh || !wall) {
      location.reload(); // it is no wall screen any more
      break;
    }
    morph(wall, fresh);
    heard = Date.now();
    lost = false;
    judge();
  }
  fetching = false;
}

if (wall?.dataset["live"]) {
  new Stream(wall.dataset["live"], {
    look(look) {
      if (look.build !== document.body.dataset["build"]) {
        location.reload();
        return;
      }
      void refresh();
    },
    live: () => void refresh(),
    refused: () => location.reload(), // the key is worth nothing any more: the page says so
    lost() {
      lost = true;
      judge();
    },
  });
  setInterval(judge, 5_000);
  if ("wakeLock" in navigator) {
    const stay = (): void => void navigator.wakeLock.request("screen").catch(() => undefined);
    stay();
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && stay());
  }
}
