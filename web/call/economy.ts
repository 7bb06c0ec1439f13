// What a visit costs somebody who pays for their data, said before they begin,
// and their choice, remembered on their own phone.

import { pictureRate, voiceRate } from "./layers.ts";

/** What two voices need beside their own bytes, as measured: addresses and a seal on every packet, and word of what arrived. */
const wrapping = 46_000; // bits per second

/** Cost is in millions of bytes. */
export interface Cost {
  readonly sound: number;
  readonly picture: { readonly usual: number; readonly most: number };
}

/**
 * costOf is what so many minutes cost: sound alone is our own voice and one other
 * at a time, both without a pause; pictures are ours going and the patient's
 * coming. A face that hardly moves needs about half of what it may use.
 */
export function costOf(minutes: number): Cost {
  const megabytes = (rate: number) => (rate * minutes * 60) / 8 / 1e6;
  const pictures = megabytes(pictureRate("phone") + 1_500_000);
  return {
    sound: upTo(megabytes(voiceRate.saving + voiceRate.usual + wrapping), 5),
    picture: { usual: upTo(pictures / 2, 50), most: upTo(pictures, 50) },
  };
}

function upTo(value: number, step: number): number {
  return Math.max(step, Math.ceil(value / step) * step);
}

/** costWords says what both choices cost. */
export function costWords(minutes: number): string {
  const { sound, picture } = costOf(minutes);
  return (
    `On mobile data, a visit of ${minutes} minutes uses about ${picture.usual} to ${picture.most} MB with pictures, ` +
    `and no more than ${sound} MB with sound only. On Wi-Fi it usually costs you nothing.`
  );
}

const key = "wardvisit.saving";

/** Thrift is whether this phone's owner wants to use less data. */
export interface Thrift {
  load(): boolean;
  save(saving: boolean): void;
}

/** remembered keeps the choice on this device, if the browser lets it. */
export const remembered: Thrift = {
  load: () => {
    try {
      return window.localStorage.getItem(key) === "yes";
    } catch {
      return false;
    }
  },
  save: (saving) => {
    try {
      saving ? window.localStorage.setItem(key, "yes") : window.localStorage.removeItem(key);
    } catch {
      // forbidden here: they choose again next time
    }
  },
};
