// Keeps the handheld's shell, one version of it, so that a reload works without network. Data never goes through here: that is the
// queue's. The build writes in which version this is and which files belong to it.
const BUILD = "__BUILD__";
const SHELL = ["__SHELL__"];
const LATER = ["__LATER__"];
const CACHE = "aisle-" + BUILD;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(["/", ...SHELL].map((path) => new Request(path, { cache: "reload" })))));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// A new version waits until the page says that its queue is empty and no task half done; the old shell stays until the page of this
// version runs alone.
self.addEventListener("message", (event) => {
  if (event.data === "update") event.waitUntil(self.skipWaiting());
  if (event.data && event.data.started === BUILD) event.waitUntil(tidied());
});

async function tidied() {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.filter((page) => new URL(page.url).pathname === "/").length > 1) return;
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("aisle-") && name !== CACHE).map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  const isPage = event.request.mode === "navigate" && url.pathname === "/";
  if (isPage || SHELL.includes(url.pathname)) event.respondWith(kept(isPage ? "/" : url.pathname, event.request));
  else if (LATER.includes(url.pathname)) event.respondWith(keptFromNowOn(url.pathname, event.request));
});

// Of this version first; a page that still runs in the one before finds its own files.
async function kept(path, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) || (await caches.match(path)) || fetch(request);
}

// The camera's parts are large and not everybody's: kept once they were used.
async function keptFromNowOn(path, request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(path);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(path, answer.clone());
  return answer;
}
