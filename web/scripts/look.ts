// A member of staff sees and hears one person who waits, before letting them in.
// Nothing of the member of staff is sent: there is no camera here to ask for.
import { clock, dial, fetchPass, keepIn } from "../call/browser.ts";
import { Connection } from "../call/media.ts";
import { Parts } from "../call/parts.ts";
import { Room } from "../call/room.ts";
import type { Snapshot } from "../call/world.ts";
import { lookWords } from "./_looking.ts";

class Look {
  private readonly parts: Parts;
  private readonly video: HTMLVideoElement;
  private readonly connection: Connection;
  private readonly room: Room;
  private readonly name: string;
  private seated = false;

  constructor(
    root: HTMLElement,
    private readonly seat: string,
  ) {
    const { ref = "", ticket = "", signal = "", name = "" } = root.dataset;
    this.name = name;
    this.parts = new Parts(root);
    this.video = root.querySelector("video") ?? document.createElement("video");
    this.connection = new Connection({ outgoing: () => null }, (state) => this.room.mediaIs(state), "phone");
    this.room = new Room({
      dial: (ears) => dial(signal, ears),
      ticket: () => fetchPass(ticket, "staff", ref),
      media: this.connection,
      keep: keepIn(`wardvisit.look.${ref}`),
      clock,
      changed: (now) => this.show(now),
    });
    this.parts.on("hear", () => this.play());
    this.video.addEventListener("resize", () => this.show(this.room.now));
    window.addEventListener("pagehide", () => this.room.leave());
    this.room.join();
  }

  private show(now: Snapshot): void {
    if (now.seated && !this.seated) {
      this.room.look(this.seat);
    }
    this.seated = now.seated;
    if (now.phase === "over" && now.end?.kind === "ended" && now.end.reason === "revoked") {
      // Also the name of who waits is not for whoever sits here now; and if that is
      // somebody who may look too, they have not asked to.
      location.replace("/ward/today");
    }
    const slot = now.slots.find((one) => one.seat === this.seat);
    const stream = slot && this.connection.stream(slot.audio, slot.video);
    if (this.video.srcObject !== (stream ?? null)) {
      this.video.srcObject = stream ?? null;
      this.video.hidden = !stream;
      this.parts.reveal("box", stream !== undefined);
      this.play();
    }
    this.parts.write("state", lookWords(now, slot !== undefined, this.video.videoWidth > 2, this.name));
  }

  private play(): void {
    if (this.video.srcObject) {
      this.video.play().then(
        () => this.parts.reveal("hear", false),
        () => this.parts.reveal("hear", this.video.srcObject !== null),
      );
    }
  }
}

const root = document.querySelector<HTMLElement>("[data-look]");
if (root) {
  new Look(root, root.dataset.look ?? "");
}
