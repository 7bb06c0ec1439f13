// What runs on the pages of a call: the call itself, and getting ready for it.

import { runCall } from "./call.ts";
import { runCheck } from "./ready.ts";

const call = document.querySelector<HTMLElement>("[data-call]");
if (call) {
  runCall(call);
}
const check = document.querySelector<HTMLElement>("[data-check]");
if (check) {
  runCheck(check);
}
