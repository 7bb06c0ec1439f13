// Stands between the iPad and the network for one purpose: a page that is opened
// while there is no connection, as after a night asleep, says so and tries again
// by itself, where the browser's own page would wait for somebody to press
// something. It keeps nothing and answers for nothing else.

interface Fetching extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

const page = `<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>No connection</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<style>html,body{height:100%;margin:0}body{display:flex;align-items:center;justify-content:center;
background:#10181d;color:#fff;font:700 6vmin/1.3 Arial,sans-serif;text-align:center}</style></head>
<body><h1>No connection<br>Trying again…</h1></body></html>`;

addEventListener("install", () => {
  void (self as unknown as { skipWaiting(): Promise<void> }).skipWaiting();
});

addEventListener("fetch", (e: Event) => {
  const event = e as Fetching;
  if (event.request.mode !== "navigate" || event.request.method !== "GET") {
    return;
  }
  event.respondWith(
    fetch(event.request).catch(
      () => new Response(page, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } }),
    ),
  );
});
