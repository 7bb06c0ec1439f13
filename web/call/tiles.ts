// The faces. Each slot has one video element for the life of its connection,
// playing both the sound and the picture of whoever is in it, so that when
// people come and go nothing flickers and nothing has to be started again.

import { Eye } from "./black.ts";
import { Measure } from "./measure.ts";
import { element, write } from "./parts.ts";
import type { Drawn } from "./protocol.ts";
import type { Tile, View } from "./view.ts";

/** Faces is what the tiles need of the call. */
export interface Faces {
  stream(audio: string, video: string): MediaStream | undefined;
  pin(seat: string): void;
  sawPicture(): void;
  /** sized tells that a face may be drawn in another size. */
  sized(): void;
  /** refused says whether the browser will not play sound until it is touched. */
  refused(refused: boolean): void;
}

/** Face is the elements of one slot. */
interface Face {
  box: HTMLElement;
  /** What holds the picture, or what stands in its place. */
  frame: HTMLElement;
  video: HTMLVideoElement;
  blank: HTMLElement;
  name: HTMLElement;
  about: HTMLElement;
  state: HTMLElement;
  quiet: HTMLElement;
  pin: HTMLButtonElement;
}

export class Tiles {
  private readonly faces = new Map<number, Face>();
  private readonly measure = new Measure(() => this.call.sized());
  private readonly eye = new Eye();

  /** pins says whether people may be made large: not on the iPad, which nobody touches. */
  constructor(
    private readonly list: HTMLElement,
    private readonly call: Faces,
    private readonly pins: boolean,
  ) {}

  show(view: View): void {
    const shown = new Set<number>();
    for (const tile of view.tiles) {
      shown.add(tile.slot);
      this.draw(this.faces.get(tile.slot) ?? this.make(tile.slot), tile);
    }
    for (const [slot, face] of this.faces) {
      if (!shown.has(slot)) {
        this.clear(face);
      }
    }
    this.list.dataset.count = String(view.tiles.length);
    const large = view.tiles.filter((tile) => tile.large).length;
    this.list.dataset.large = String(large > 0);
    this.list.style.setProperty("--wv-large", String(Math.max(1, large)));
    this.list.style.setProperty("--wv-small", String(Math.max(1, view.tiles.length - large)));
    this.list.dataset.small = String(view.tiles.length - large);
  }

  /** drawn is how large each face is on the screen. */
  drawn(): Drawn[] {
    return this.measure.drawn();
  }

  /** black is the slots whose picture has been wholly black for a while. */
  black(now: number): number[] {
    const shown = [...this.faces].filter(([, { box }]) => !box.hidden && !box.classList.contains("wv-tile--off"));
    return shown.filter(([, { video }]) => this.eye.finds(video, now)).map(([slot]) => slot);
  }

  /** play starts whatever the browser had refused to play. Call it from a touch. */
  play(): void {
    this.call.refused(false);
    for (const face of this.faces.values()) {
      if (!face.box.hidden) {
        face.video.muted = false;
        this.start(face.video);
      }
    }
  }

  private make(slot: number): Face {
    const box = element("figure", "wv-tile");
    box.dataset.slot = String(slot);
    const video = document.createElement("video");
    video.autoplay = true;
    video.playsInline = true;
    video.setAttribute("playsinline", ""); // older Safari reads only the attribute
    video.addEventListener("resize", () => video.videoWidth > 2 && this.call.sawPicture());
    const blank = element("div", "wv-tile__blank");
    blank.setAttribute("aria-hidden", "true");
    const frame = element("div", "wv-tile__frame");
    frame.append(video, blank);
    const plate = element("figcaption", "wv-tile__plate");
    const name = element("bdi", "wv-tile__name"); // a name in another script does not turn what is beside it
    const about = element("bdi", "wv-tile__about");
    const state = element("span", "wv-tile__state");
    const quiet = element("span", "wv-tile__state");
    const pin = document.createElement("button");
    pin.type = "button";
    pin.className = "wv-tile__pin";
    pin.addEventListener("click", () => this.call.pin(pin.dataset.pinned === "true" ? "" : (box.dataset.seat ?? "")));
    plate.append(drawing("wv-tile__voice", waves), name, about, state, quiet);
    box.append(frame, plate);
    if (this.pins) {
      pin.append(drawing("wv-tile__icon", arrows));
      box.append(pin);
    }
    this.list.append(box);
    const face = { box, frame, video, blank, name, about, state, quiet, pin };
    this.faces.set(slot, face);
    this.measure.watch(slot, frame);
    return face;
  }

  private draw(face: Face, tile: Tile): void {
    const { box, video, pin } = face;
    box.hidden = false;
    box.dataset.seat = tile.seat;
    box.dataset.name = tile.name;
    box.classList.toggle("wv-tile--off", !tile.picture);
    box.classList.toggle("wv-tile--lost", tile.lost);
    box.classList.toggle("wv-tile--speaking", tile.speaking);
    box.classList.toggle("wv-tile--sign", tile.sign);
    box.classList.toggle("wv-tile--pinned", tile.large);
    write(face.blank, tile.picture ? "" : initial(tile.name));
    write(face.name, tile.name);
    write(face.about, tile.about);
    write(face.state, tile.note !== "" ? tile.note : tile.muted ? "Muted" : "");
    write(face.quiet, tile.quiet);
    pin.dataset.pinned = String(tile.pinned);
    pin.hidden = tile.large && !tile.pinned; // large already, because they sign
    const what = `${tile.pinned ? "Same size" : "Make large"}: ${tile.name}`;
    pin.setAttribute("aria-label", what);
    pin.title = what;
    video.setAttribute("aria-label", tile.name);
    const stream = this.call.stream(tile.audio, tile.video) ?? null;
    if (video.srcObject !== stream) {
      video.srcObject = stream;
      if (stream) {
        this.start(video);
      }
    }
  }

  private clear(face: Face): void {
    face.box.hidden = true;
    face.video.srcObject = null;
    delete face.box.dataset.seat;
    delete face.box.dataset.name;
  }

  /** start plays with sound; a browser that wants to be touched first plays the picture meanwhile. */
  private start(video: HTMLVideoElement): void {
    video.play().catch((err: unknown) => {
      if (err instanceof DOMException && err.name === "NotAllowedError" && !video.muted) {
        this.call.refused(true);
        video.muted = true;
        video.play().catch(() => undefined);
      }
    });
  }
}

/** initial is the first letter of a name, whole: not half of one that is written with two. */
function initial(name: string): string {
  return ([...name.trim()][0] ?? "").toUpperCase();
}

/** What makes a face larger, and what stands beside the name of somebody who speaks. */
const arrows = "M13 3h8v8l-3-3-4 4-2-2 4-4zM11 21H3v-8l3 3 4-4 2 2-4 4z";
const waves = "M3 9v6h4l5 5V4L7 9zM15 8a5 5 0 0 1 0 8v-2a3 3 0 0 0 0-4zM15 4a9 9 0 0 1 0 16v-2a7 7 0 0 0 0-12z";

function drawing(name: string, shape: string): SVGElement {
  const svg = "http://www.w3.org/2000/svg";
  const icon = document.createElementNS(svg, "svg");
  icon.setAttribute("class", name);
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg, "path");
  path.setAttribute("d", shape);
  icon.append(path);
  return icon;
}
