// The iPad's own key. It is made here, when the iPad is paired, and the browser
// keeps it so that not even this page can read it: it only signs. The cookie that
// the iPad's pages need is given for a few minutes to whoever signs for it, and a
// seat in the room as well; so what can be copied is worth nothing for long.
//
// Whoever copies the whole browser with all that it keeps has the key as well. For
// that there is a chain: each time, the link is shown that was announced the time
// before. The link is kept before it is announced, so that a lost answer does not
// break the chain; and of two browsers that have the same link, only one can be
// first.

/** How often the cookie is renewed: well before the server's five minutes are over. */
export const renewEvery = 120_000;

/** Entering is what became of it. "unpaired": no key here, or none that is known. */
export type Entering = "entered" | "unpaired" | "lost" | "copied" | "offline";

/** Kept is what the browser keeps of one pairing. */
interface Kept {
  keys: CryptoKeyPair;
  /** The public key, as the server knows it. */
  text: string;
  /** To show the next time; "" before the first. */
  link: string;
  /** Announced, perhaps, but not confirmed; "" for none. */
  next: string;
}

/** A new pairing's key lies beside the old one's until it has proved to be the one. */
type Place = "paired" | "candidate";

const algorithm = { name: "ECDSA", namedCurve: "P-256" };

/** able reports whether this browser can make and keep a key at all. */
export async function able(): Promise<boolean> {
  try {
    if (!globalThis.isSecureContext || !crypto.subtle) {
      return false;
    }
    await load("paired");
    return true;
  } catch {
    return false; // a private window, most often
  }
}

/** sealPairing makes this browser's key, and signs the code that somebody typed with it. */
export async function sealPairing(code: string): Promise<{ device_key: string; signature: string }> {
  const kept = (await load("candidate")) ?? (await makeKey());
  return { device_key: kept.text, signature: await sign(kept, claim("pair", "", code)) };
}

/** enter proves to the server that this is the iPad, and gets a new cookie. Pages of one browser take turns. */
export async function enter(): Promise<Entering> {
  const turns = (navigator as { locks?: LockManager }).locks;
  try {
    return turns ? await turns.request("wardvisit-key", enterOnce) : await enterOnce();
  } catch {
    return "offline";
  }
}

async function enterOnce(): Promise<Entering> {
  let last: Entering = "unpaired";
  for (const place of ["candidate", "paired"] as const) {
    const kept = await load(place);
    if (kept) {
      last = await enterWith(place, kept);
      if (last !== "unpaired") {
        return last;
      }
    }
  }
  return last;
}

async function enterWith(place: Place, kept: Kept): Promise<Entering> {
  const asked = await post("/ipad/challenge", { device_key: kept.text });
  if (!asked.ok) {
    return await noOf(asked);
  }
  const { device, nonce } = (await asked.json()) as { device: string; nonce: string };
  if (kept.next === "") {
    kept.next = base64(crypto.getRandomValues(new Uint8Array(32)));
    await save(place, kept);
  }
  const next = await hash(kept.next);
  const signature = await sign(kept, claim("enter", device, nonce, kept.link, next));
  const answer = await post("/ipad/enter", { device_key: kept.text, nonce, link: kept.link, next, signature });
  if (!answer.ok) {
    return await noOf(answer);
  }
  kept.link = kept.next;
  kept.next = "";
  await save("paired", kept);
  if (place === "candidate") {
    await save("candidate", undefined);
  }
  return "entered";
}

async function noOf(answer: Response): Promise<Entering> {
  const { code = "" } = (await answer.json().catch(() => ({}))) as { code?: string };
  switch (code) {
    case "device_lost":
      return "lost";
    case "device_copied":
      return "copied";
    case "device_unknown":
    case "device_proof":
    case "device_key":
      return "unpaired";
  }
  return "offline";
}

/** signForSeat is what the server asks besides the cookie, for leave to join the room. */
export async function signForSeat(signal: AbortSignal): Promise<Record<string, string>> {
  const kept = await load("paired");
  if (!kept) {
    return {};
  }
  const asked = await post("/ipad/challenge", { device_key: kept.text }, signal);
  if (!asked.ok) {
    return {};
  }
  const { device, nonce } = (await asked.json()) as { device: string; nonce: string };
  return { device_key: kept.text, nonce, signature: await sign(kept, claim("sit", device, nonce)) };
}

/** startEntering enters now and then for as long as the page is open. */
export function startEntering(then: (entering: Entering) => void): () => Promise<Entering> {
  const now = async (): Promise<Entering> => {
    const entering = await enter();
    then(entering);
    return entering;
  };
  setInterval(() => void now(), renewEvery);
  void now();
  return now;
}

function claim(purpose: "pair" | "enter" | "sit", device: string, nonce: string, link = "", next = ""): string {
  return ["wardvisit-ipad-1", purpose, location.origin, device, nonce, link, next].join("\n");
}

async function makeKey(): Promise<Kept> {
  const keys = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  const text = base64(new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey)));
  const kept: Kept = { keys, text, link: "", next: "" };
  await save("candidate", kept);
  void navigator.storage?.persist?.(); // or a browser short of room may forget it
  return kept;
}

async function sign(kept: Kept, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  return base64(new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, kept.keys.privateKey, bytes)));
}

async function hash(text: string): Promise<string> {
  return base64(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function post(path: string, fields: Record<string, string>, signal?: AbortSignal): Promise<Response> {
  return fetch(path, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(fields),
    signal: signal ?? null,
  });
}

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("wardvisit-ipad", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("keys");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

/** Does one thing with what is kept. What is written is on the disk before it is used. */
async function within<T>(mode: IDBTransactionMode, what: (keys: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise((done, failed) => {
      const act = database.transaction("keys", mode, { durability: "strict" });
      const asked = what(act.objectStore("keys"));
      act.oncomplete = () => done(asked.result);
      act.onerror = act.onabort = () => failed(act.error);
    });
  } finally {
    database.close();
  }
}

function load(place: Place): Promise<Kept | undefined> {
  return within("readonly", (keys) => keys.get(place) as IDBRequest<Kept | undefined>);
}

async function save(place: Place, kept: Kept | undefined): Promise<void> {
  await within("readwrite", (keys) => (kept ? keys.put(kept, place) : keys.delete(place)) as IDBRequest<unknown>);
}
