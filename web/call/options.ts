// What somebody may choose for themselves: to use less data, and which of several
// microphones or cameras to use.

import { kinds, type Kind } from "./capture.ts";
import { costWords } from "./economy.ts";
import { write, type Parts } from "./parts.ts";

/** Choices is what becomes of it. */
export interface Choices {
  save(saving: boolean): void;
  choose(kind: Kind, id: string): void;
}

export class Options {
  constructor(
    private readonly parts: Parts,
    choices: Choices,
    minutes: number,
  ) {
    for (const cost of parts.all("[data-cost]")) {
      write(cost, costWords(minutes));
    }
    for (const box of this.boxes) {
      box.addEventListener("change", () => choices.save(box.checked));
    }
    for (const kind of kinds) {
      for (const list of this.lists(kind)) {
        list.addEventListener("change", () => choices.choose(kind, list.value));
      }
    }
  }

  /** saves shows whether less data is used. */
  saves(saving: boolean): void {
    for (const box of this.boxes) {
      box.checked = saving;
    }
  }

  /** devices lists what there is, if there is a choice, and shows which is used. */
  async devices(used: { readonly [kind in Kind]: MediaStreamTrack | undefined }): Promise<void> {
    const all = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
    for (const kind of kinds) {
      const own = all.filter((one) => one.kind === kind + "input" && one.deviceId !== "" && one.label !== "");
      const now = used[kind]?.getSettings().deviceId ?? "";
      for (const list of this.lists(kind)) {
        list.replaceChildren(...own.map((one) => new Option(one.label, one.deviceId, false, one.deviceId === now)));
      }
      for (const choice of this.parts.all(`[data-choice="${kind}"]`)) {
        choice.hidden = own.length < 2;
      }
    }
  }

  private get boxes(): HTMLInputElement[] {
    return this.parts.all<HTMLInputElement>("[data-saving]");
  }

  private lists(kind: Kind): HTMLSelectElement[] {
    return this.parts.all<HTMLSelectElement>(`[data-choice="${kind}"] select`);
  }
}
