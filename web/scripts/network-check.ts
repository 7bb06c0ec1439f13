// What runs on the network check.

import { runNetworkCheck } from "../call/check.ts";

const root = document.querySelector<HTMLElement>("[data-network-check]");
if (root) {
  runNetworkCheck(root);
}
