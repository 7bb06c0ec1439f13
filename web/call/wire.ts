// Wire is one websocket, which may be dialled before it is known what for: beside
// another one that is doubted, so that no time is lost if the other is dead.

import type { Ears, Socket } from "./world.ts";

export class Wire {
  private readonly socket: Socket;
  private isOpen = false;
  private ears: Ears | undefined;

  constructor(dial: (ears: Ears) => Socket) {
    this.socket = dial({
      opened: () => {
        this.isOpen = true;
        this.ears?.opened();
      },
      heard: (text) => this.ears?.heard(text),
      closed: (code, reason) => this.ears?.closed(code, reason),
    });
  }

  /** heeds says who hears it from now on. That it is open is told again. */
  heeds(ears: Ears): void {
    this.ears = ears;
    if (this.isOpen) {
      ears.opened();
    }
  }

  send(text: string): void {
    this.socket.send(text);
  }

  close(): void {
    this.ears = undefined;
    this.socket.close();
  }
}
