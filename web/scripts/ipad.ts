// The iPad at the bed follows its visits by itself: nobody touches it. It goes to
// the call when the ward presses Start, and comes back when the call is over. The
// moment that it is not the ward's any more it goes dark and says why.
import { startHeartbeat, stayAwake } from "./_heartbeat.ts";
import { able, enter, sealPairing, startEntering, type Entering } from "./_key.ts";
import { tryItself } from "./_morning.ts";
import { Stream, fetchPage, morph } from "./_live.ts";

/** How long "Your visit has ended" stays, for somebody to read it slowly. */
const farewell = 60_000;

/** How often a dark screen asks whether it is the ward's again. */
const askAgain = 10_000;

const screen = document.getElementById("ipad");
const loaded = Date.now();

function connected(yes: boolean): void {
  const words = yes ? "" : "No connection – trying again";
  const net = document.getElementById("net");
  if (net && net.textContent !== words) {
    net.textContent = words;
  }
}

/** Shows what the iPad should show now. */
async function refresh(): Promise<void> {
  const fetched = await fetchPage("/ipad");
  if (!fetched || fetched.response.status >= 500) {
    connected(false);
    return;
  }
  if (fetched.response.status === 403) {
    if (heed(await enter())) {
      setTimeout(() => void refresh(), 1_000);
    }
    return;
  }
  let fresh = fetched.page.getElementById("ipad");
  if (!screen || !fresh) {
    return;
  }
  const shows = fresh.dataset["shows"];
  if (screen.dataset["shows"] === "ended" && shows === "idle" && Date.now() - loaded < farewell) {
    // It stays, but what it asks may be no question to ask any more: somebody has died.
    const still = await fetchPage("/ipad?ended");
    fresh = still?.page.getElementById("ipad") ?? fresh;
    if (fresh.dataset["shows"] !== "ended") {
      return;
    }
  }
  if (fetched.page.body.dataset["build"] !== document.body.dataset["build"] && shows !== "start") {
    location.replace("/ipad");
    return;
  }
  morph(screen, fresh);
  connected(true);
  goIfStarted();
  checkIfDue();
}

function checkIfDue(): void {
  if (screen?.dataset["check"] !== undefined) {
    void tryItself((words) => {
      const line = document.getElementById("checking");
      if (line) {
        line.textContent = words;
      }
    });
  }
}

function goIfStarted(): void {
  if (screen?.dataset["shows"] === "start") {
    location.replace("/ipad/call");
  }
}

/** What it is going dark for: an answer that comes before that page does must not tell otherwise. */
let going: Entering | undefined;

/** Goes dark if the iPad is not the ward's any more, and reports whether it is. */
function heed(entering: Entering): boolean {
  connected(entering !== "offline");
  if (entering === "entered" || entering === "offline") {
    return entering === "entered";
  }
  const shows = going ?? screen?.dataset["shows"];
  const told = shows === "copied" && entering === "unpaired"; // which is what came of it
  if (shows !== entering && !told) {
    going = entering;
    location.replace(`/ipad/dark/${entering}`);
  }
  return false;
}

function follow(stream: string): void {
  const look = startEntering((entering) => heed(entering));
  const ask = async (): Promise<void> => {
    if ((await look()) === "entered") {
      await refresh();
    }
  };
  const events = new Stream(stream, {
    look: () => void refresh(),
    live: () => connected(true),
    lost: () => connected(false),
    refused: () => void ask(),
  });
  let lost = false;
  startHeartbeat((beat) => {
    connected(beat !== "lost");
    if (beat === "refused") {
      void ask();
    } else if (lost && beat === "heard") {
      events.open(); // the old line may look alive and not be
      void refresh();
    }
    lost = beat === "lost";
  });
  setTimeout(() => void refresh(), farewell + 1_000);
}

/** A screen that the server would not show may only have slept for longer than its cookie. */
async function comeBack(dark: HTMLElement): Promise<void> {
  dark.style.visibility = "hidden";
  const entering = await enter();
  if (entering === "entered") {
    location.replace("/ipad");
    return;
  }
  heed(entering);
  dark.style.visibility = "";
  setTimeout(() => void comeBackQuietly(), askAgain);
}

async function comeBackQuietly(): Promise<void> {
  if (heed(await enter())) {
    location.replace("/ipad");
    return;
  }
  setTimeout(() => void comeBackQuietly(), askAgain);
}

/** Reads the code from the QR's link. It stands after the #, so no server saw it. */
function fillCode(field: HTMLInputElement): void {
  const code = location.hash.slice(1);
  if (/^[A-Za-z0-9-]{4,12}$/.test(code)) {
    field.value = code;
    history.replaceState(null, "", location.pathname);
  }
}

/** Sends the code with the key that this browser makes for it. */
async function pair(form: HTMLFormElement, field: HTMLInputElement): Promise<void> {
  fillCode(field);
  const possible = able();
  let sealing = false;
  form.addEventListener("submit", (e) => {
    e.preventDefault(); // also what is pressed before this browser has been tried
    if (sealing) {
      return;
    }
    sealing = true;
    void send(form, field, possible).finally(() => {
      sealing = false;
    });
  });
  if (!(await possible)) {
    form.hidden = true;
    document.getElementById("no-key")?.removeAttribute("hidden");
  }
}

async function send(form: HTMLFormElement, field: HTMLInputElement, possible: Promise<boolean>): Promise<void> {
  if (!(await possible)) {
    return;
  }
  for (const [name, value] of Object.entries(await sealPairing(field.value))) {
    (form.elements.namedItem(name) as HTMLInputElement).value = value;
  }
  form.submit();
}

const form = document.querySelector<HTMLFormElement>("form[data-pair]");
const field = document.getElementById("pairing_code") as HTMLInputElement | null;
if (form && field) {
  void pair(form, field);
}
if (screen) {
  stayAwake();
  goIfStarted();
  const stream = screen.dataset["live"];
  if (stream) {
    follow(stream);
    checkIfDue();
  } else {
    void comeBack(screen);
  }
  if ("serviceWorker" in navigator) {
    void navigator.serviceWorker.register("/ipad/worker.js", { scope: "/ipad" }).catch(() => undefined);
  }
}
