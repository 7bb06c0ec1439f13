// The ward's board, and its waiting list, follow the day by themselves: they fetch
// themselves when something has changed, and count the minutes that people wait in
// between. Without this script the board has a Refresh link.
import { Hands, Stream, fetchPage, keysAround, morph, refocus } from "./_live.ts";
import { lasted } from "./_words.ts";

const hands = new Hands();
const live = document.getElementById("live");
const board = document.getElementById("board");

/** How far the server's clock is ahead of this one's. */
let ahead = 0;

function readClock(): void {
  ahead = Number(board?.dataset["now"] ?? Date.now()) - Date.now();
}

function tick(): void {
  for (const time of Array.from(document.querySelectorAll<HTMLElement>("[data-since]"))) {
    const words = lasted(Date.now() + ahead - Number(time.dataset["since"]));
    if (time.textContent !== words) {
      time.textContent = words;
    }
  }
}

/** Says in a word whether the board is up to date. */
function say(words: string, lost: boolean): void {
  if (live && live.textContent !== words) {
    live.hidden = false;
    live.textContent = words;
    live.classList.toggle("wv-live--lost", lost);
  }
}

let fetching = false;
let stale = false;

/** Fetches the board and shows what is different. */
async function refresh(): Promise<void> {
  stale = true;
  if (fetching) {
    return;
  }
  fetching = true;
  while (stale) {
    stale = false;
    const fetched = await fetchPage(location.href);
    if (!fetched || fetched.response.status >= 500) {
      say("Reconnecting…", true);
      stale = true;
      await new Promise((done) => setTimeout(done, 3_000));
      continue;
    }
    const fresh = fetched.page.getElementById("board");
    await hands.wait();
    const heading = (page: Document): string => page.querySelector("h1")?.textContent ?? "";
    if (!fresh || !board || heading(fetched.page) !== heading(document)) {
      location.reload(); // signed out, or a new day
      break;
    }
    morph(board, fresh);
    // How much waits behind the entries of the menu changes with the day.
    const menu = document.querySelector(".wv-header__list");
    const freshMenu = fetched.page.querySelector(".wv-header__list");
    if (menu && freshMenu) {
      morph(menu, freshMenu);
    }
    readClock();
    tick();
  }
  fetching = false;
}

/** A button that was pressed twice is pressed once. */
function onceOnly(): void {
  document.addEventListener("submit", (e) => {
    const form = e.target as HTMLFormElement;
    if (form.dataset["sent"]) {
      e.preventDefault();
      return;
    }
    form.dataset["sent"] = "yes";
    setTimeout(() => delete form.dataset["sent"], 5_000);
  });
}

/** What was said of the last act is said once, not again on each reload. */
function forgetSaid(): void {
  const here = new URL(location.href);
  if (here.searchParams.has("said")) {
    here.searchParams.delete("said");
    here.searchParams.delete("about");
    history.replaceState(null, "", here);
  }
}

const placeKept = "wardvisit-board-place";

/**
 * Remembers what on the board is pressed by keyboard, since the answer is the board
 * again, loaded anew, and would begin at its top. A finger has no place to keep.
 */
function keepPlace(board: HTMLElement): void {
  board.addEventListener("click", (e) => {
    const pressed = (e.target as Element).closest("a, button");
    if (pressed?.matches(":focus-visible")) {
      sessionStorage.setItem(placeKept, JSON.stringify(keysAround(pressed, board)));
    }
  });
  const kept = sessionStorage.getItem(placeKept);
  sessionStorage.removeItem(placeKept);
  if (kept) {
    // Also from a message of what was done, which says itself aloud wherever the focus is.
    refocus(board, JSON.parse(kept) as string[]);
    document.activeElement?.scrollIntoView({ block: "nearest" });
  }
}

if (board) {
  readClock();
  forgetSaid();
  keepPlace(board);
  onceOnly();
  setInterval(tick, 5_000);
  const stream = board.dataset["live"];
  if (stream && live) {
    new Stream(stream, {
      look(look) {
        if (look.build !== document.body.dataset["build"]) {
          void hands.wait().then(() => location.reload());
          return;
        }
        void refresh();
      },
      live: () => say("Live", false),
      lost: () => say("Reconnecting…", true),
      refused: () => void refresh(), // what is shown may not be for whoever sits here now
    });
  }
}
