// Getting ready: camera, microphone, speaker and network are tried for real, one
// beside the other, and what was found is said in words with what to do about it.

import { Capture, type Kind } from "./capture.ts";
import { chime } from "./level.ts";
import { Listening } from "./listening.ts";
import { remembered } from "./economy.ts";
import { Options } from "./options.ts";
import { tryPackets, trySocket, type Reach } from "./paths.ts";
import { Parts, write } from "./parts.ts";
import { here } from "./trouble.ts";
import { showTrack } from "./selfview.ts";
import { networkWords, troubleWords, type Finding } from "./words.ts";

class Check {
  private readonly capture = new Capture(() => this.captured());
  private readonly listening: Listening;
  private begun = false;

  constructor(private readonly root: HTMLElement) {
    this.listening = new Listening(this.capture, this.part("level") as HTMLMeterElement, (found) => this.find("microphone", found));
    const options = new Options(new Parts(root), { save: (saving) => remembered.save(saving), choose: () => undefined }, Number(root.dataset.minutes) || 20);
    options.saves(remembered.load());
    this.part("start").hidden = false; // without this script it would do nothing
    this.on("start", () => void this.start());
    this.on("again", () => void this.start());
    this.on("chime", () => this.play());
    // A camera left on behind another page is a surprise; this page only ever tries it.
    window.addEventListener("pagehide", () => this.capture.release());
    window.addEventListener("pageshow", (event) => {
      if (event.persisted && this.begun) {
        void this.start();
      }
    });
  }

  async start(): Promise<void> {
    this.begun = true;
    this.part("before").hidden = true;
    this.part("results").hidden = false;
    // Until now the check was the next thing to do; from here it is the waiting room.
    this.root.querySelector('[data-part="join"]')?.classList.remove("nhsuk-button--secondary", "nhsuk-button--reverse");
    this.find("camera", { state: "trying", text: "Starting your camera…" });
    this.listening.begin();
    this.find("network", { state: "trying", text: "Trying your internet connection…" });
    await Promise.all([this.capture.open().then(() => this.captured()), this.network()]);
  }

  private captured(): void {
    if (!this.begun) {
      return;
    }
    this.camera();
    this.listening.captured();
  }

  private camera(): void {
    const track = this.capture.track("video");
    showTrack(this.part("preview") as HTMLVideoElement, track);
    this.part("preview-box").hidden = track === undefined && this.capture.trouble("video") !== "";
    if (track) {
      this.find("camera", { state: "good", text: "Your camera works. This is how you will look." });
    } else {
      this.trouble("camera", "video");
    }
  }

  private play(): void {
    chime().then(
      () => this.find("sound", { state: "good", text: "If you heard two notes, you will hear the visit. If not, turn the sound up and play them again." }),
      () => this.find("sound", { state: "bad", text: "Your browser did not play the sound. Check that your phone is not silent." }),
    );
  }

  private async network(): Promise<void> {
    const { signal = "", stun = "" } = this.root.dataset;
    const servers = stun === "" ? [] : stun.split(" ").map((url) => ({ urls: [url] }));
    const packets: Promise<Reach> = here() === "unsupported" ? Promise.resolve("blocked") : tryPackets(servers);
    this.find("network", networkWords(await trySocket(signal), await packets));
  }

  private trouble(name: string, kind: Kind): void {
    const trouble = this.capture.trouble(kind);
    if (trouble !== "") {
      this.find(name, { state: "bad", text: troubleWords(kind, trouble) });
    }
  }

  private find(name: string, { state, text }: Finding): void {
    const row = this.part(name);
    row.dataset.state = state;
    row.classList.toggle("wv-check--trying", state === "trying");
    row.classList.toggle("wv-check--good", state === "good");
    row.classList.toggle("wv-check--bad", state === "bad");
    write(this.part(name + "-words"), text);
    const all = ["camera", "microphone", "network"].map((one) => this.part(one).dataset.state);
    this.root.dataset.state = all.includes("trying") ? "trying" : all.includes("bad") ? "bad" : "good";
  }

  private on(name: string, act: () => void): void {
    this.part(name).addEventListener("click", act);
  }

  private part(name: string): HTMLElement {
    const part = this.root.querySelector<HTMLElement>(`[data-part="${name}"]`);
    if (!part) {
      throw new Error(`the page has no ${name}`);
    }
    return part;
  }
}

/** runCheck makes a page's check. It begins when it is asked to: a browser's question about the camera should not come first. */
export function runCheck(root: HTMLElement): void {
  new Check(root);
}
