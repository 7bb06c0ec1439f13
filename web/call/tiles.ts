// The faces. Each slot has one video element for the life of its connection,
// playing both the sound and the picture of whoever is in it, so that when
// people come and go nothing flickers and nothing has to be started again.

import type { Tile, View } from "./view.ts";

/** Faces is what the tiles need of the call. */
export interface Faces {
  stream(audio: string, video: string): MediaStream | undefined;
  pin(seat: string): void;
  sawPicture(): void;
  /** refused says whether the browser will not play sound until it is touched. */
  refused(refused: boolean): void;
}

/** Face is the elements of one slot. */
interface Face {
  box: HTMLElement;
  video: HTMLVideoElement;
  blank: HTMLElement;
  name: HTMLElement;
  about: HTMLElement;
  state: HTMLElement;
  pin: HTMLButtonElement;
}

export class Tiles {
  private readonly faces = new Map<number, Face>();

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
    this.list.dataset.large = String(view.tiles.some((tile) => tile.large));
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
    const plate = element("figcaption", "wv-tile__plate");
    const name = element("span", "wv-tile__name");
    const about = element("span", "wv-tile__about");
    const state = element("span", "wv-tile__state");
    const pin = document.createElement("button");
    pin.type = "button";
    pin.className = "wv-tile__pin";
    pin.addEventListener("click", () => this.call.pin(pin.dataset.pinned === "true" ? "" : (box.dataset.seat ?? "")));
    plate.append(name, about, state);
    box.append(video, blank, plate);
    if (this.pins) {
      pin.append(arrows());
      box.append(pin);
    }
    this.list.append(box);
    const face = { box, video, blank, name, about, state, pin };
    this.faces.set(slot, face);
    return face;
  }

  private draw(face: Face, tile: Tile): void {
    const { box, video, pin } = face;
    box.hidden = false;
    box.dataset.seat = tile.seat;
    box.dataset.name = tile.name;
    box.classList.toggle("wv-tile--off", !tile.picture);
    box.classList.toggle("wv-tile--lost", tile.lost);
    box.classList.toggle("wv-tile--sign", tile.sign);
    box.classList.toggle("wv-tile--pinned", tile.large);
    write(face.blank, tile.picture ? "" : tile.name.trim().charAt(0).toUpperCase());
    write(face.name, tile.name);
    write(face.about, tile.about);
    write(face.state, tile.note !== "" ? tile.note : tile.muted ? "Muted" : "");
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

/** write sets text only if it is another, so that nothing is read out twice. */
export function write(at: HTMLElement, text: string): void {
  if (at.textContent !== text) {
    at.textContent = text;
  }
  if (at.hidden !== (text === "")) {
    at.hidden = text === "";
  }
}

function element(tag: string, name: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

/** arrows draws what makes a face larger. */
function arrows(): SVGElement {
  const drawing = "http://www.w3.org/2000/svg";
  const icon = document.createElementNS(drawing, "svg");
  icon.setAttribute("class", "wv-tile__icon");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(drawing, "path");
  path.setAttribute("d", "M13 3h8v8l-3-3-4 4-2-2 4-4zM11 21H3v-8l3 3 4-4 2 2-4 4z");
  icon.append(path);
  return icon;
}
