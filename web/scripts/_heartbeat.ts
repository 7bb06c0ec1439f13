// The iPad tells the ward that it is there, and how much charge it has.

/** A minute is how long an iPad that is silent counts as online; this is a third. */
const every = 20_000;

interface Battery {
  level: number;
}

/** The charge in per cent; empty where the browser does not tell, as on an iPad. */
async function charge(): Promise<string> {
  const ask = (navigator as { getBattery?: () => Promise<Battery> }).getBattery;
  if (!ask) {
    return "";
  }
  try {
    return String(Math.round((await ask.call(navigator)).level * 100));
  } catch {
    return "";
  }
}

/** What became of a heartbeat: refused is an iPad that is not paired any more. */
export type Beat = "heard" | "refused" | "lost";

/** How long the last one waited for its answer, in milliseconds. */
let waited = 0;

async function beat(): Promise<Beat> {
  const body = new URLSearchParams({
    battery: await charge(),
    version: document.body.dataset["build"] ?? "",
    clock: String(Date.now()),
    answer: String(waited),
  });
  const asked = performance.now();
  try {
    const answer = await fetch("/ipad/heartbeat", { method: "POST", body, headers: { Accept: "application/json" } });
    waited = Math.round(performance.now() - asked);
    return answer.ok ? "heard" : answer.status === 403 ? "refused" : "lost";
  } catch {
    return "lost";
  }
}

/** Beats for as long as the page is open, and at once when it wakes. */
export function startHeartbeat(then: (beat: Beat) => void = () => undefined): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = async (): Promise<void> => {
    clearTimeout(timer);
    const result = await beat();
    then(result);
    clearTimeout(timer);
    // While there is no connection it is tried more often, to be back at once.
    timer = setTimeout(() => void next(), result === "lost" ? every / 4 : every);
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      void next();
    }
  });
  addEventListener("online", () => void next());
  void next();
}

/** Keeps the screen on for as long as the page is seen, where that can be had. */
export function stayAwake(): void {
  const ask = async (): Promise<void> => {
    try {
      await navigator.wakeLock.request("screen");
    } catch {
      // An older iPad: its own settings keep it awake.
    }
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      void ask();
    }
  });
  void ask();
}
