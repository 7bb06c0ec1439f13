// The practice phone looks every few seconds whether a message has come.
import { Hands, fetchPage, morph } from "./_live.ts";
import { ago } from "./_words.ts";

const hands = new Hands();
const board = document.getElementById("board");
const live = document.getElementById("live");

function tick(): void {
  for (const time of Array.from(document.querySelectorAll<HTMLElement>("[data-ago]"))) {
    time.textContent = ago(Date.now() - Number(time.dataset["ago"]));
  }
}

async function look(phone: HTMLElement): Promise<void> {
  if (document.visibilityState === "visible") {
    const fetched = await fetchPage(location.href);
    const fresh = fetched?.response.ok ? fetched.page.getElementById("board") : null;
    if (fresh) {
      await hands.wait();
      morph(phone, fresh);
    }
    if (live) {
      const words = fresh ? "Live" : "Reconnecting…";
      live.hidden = false;
      live.classList.toggle("wv-live--lost", !fresh);
      if (live.textContent !== words) {
        live.textContent = words;
      }
    }
    tick();
  }
  setTimeout(() => void look(phone), Number(phone.dataset["poll"] ?? 3_000));
}

if (board) {
  void look(board);
}
