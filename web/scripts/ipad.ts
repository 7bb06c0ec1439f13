// The iPad at the bed follows its visits by itself: nobody touches it. It goes to
// the call when the ward presses Start, and comes back when the call is over.
import { startHeartbeat, stayAwake } from "./_heartbeat.ts";
import { Stream, fetchPage, morph } from "./_live.ts";

/** How long "Your visit has ended" stays, for somebody to read it slowly. */
const farewell = 60_000;

/** How often a screen that follows no stream looks at itself again. */
const lookAgain = 10_000;

const screen = document.getElementById("ipad");
const net = document.getElementById("net");
const loaded = Date.now();

function connected(yes: boolean): void {
  const words = yes ? "" : "No connection – trying again";
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
  const fresh = fetched.page.getElementById("ipad");
  if (!screen || !fresh) {
    return;
  }
  if (fresh.dataset["live"] !== screen.dataset["live"]) {
    location.replace("/ipad"); // paired, or not any more
    return;
  }
  const shows = fresh.dataset["shows"];
  if (screen.dataset["shows"] === "ended" && shows === "idle" && Date.now() - loaded < farewell) {
    return;
  }
  if (fetched.page.body.dataset["build"] !== document.body.dataset["build"] && shows !== "start") {
    location.replace("/ipad");
    return;
  }
  morph(screen, fresh);
  connected(true);
  goIfStarted();
}

function goIfStarted(): void {
  if (screen?.dataset["shows"] === "start") {
    location.replace("/ipad/call");
  }
}

/** Reads the code from the QR's link. It stands after the #, so no server saw it. */
function fillCode(): void {
  const field = document.getElementById("pairing_code") as HTMLInputElement | null;
  const code = location.hash.slice(1);
  if (field && /^[A-Za-z0-9-]{4,12}$/.test(code)) {
    field.value = code;
    history.replaceState(null, "", location.pathname);
  }
}

function follow(stream: string): void {
  const events = new Stream(stream, {
    look: () => void refresh(),
    live: () => connected(true),
    lost: () => connected(false),
    refused: () => void refresh(),
  });
  let lost = false;
  startHeartbeat((beat) => {
    connected(beat !== "lost");
    if (beat === "refused") {
      location.replace("/ipad");
    } else if (lost && beat === "heard") {
      events.open(); // the old line may look alive and not be
      void refresh();
    }
    lost = beat === "lost";
  });
  setTimeout(() => void refresh(), farewell + 1_000);
}

fillCode();
if (screen) {
  stayAwake();
  goIfStarted();
  const stream = screen.dataset["live"];
  if (stream) {
    follow(stream);
  } else {
    setInterval(() => void refresh(), lookAgain);
  }
  if ("serviceWorker" in navigator) {
    void navigator.serviceWorker.register("/ipad/worker.js", { scope: "/ipad" }).catch(() => undefined);
  }
}
