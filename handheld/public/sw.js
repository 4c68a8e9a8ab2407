// Keeps the shell of the page, so that a reload works without network. Data never goes through here: that is the queue's.
const CACHE = "aisle-shell";
const isShell = (url) => url.origin === location.origin && !url.pathname.startsWith("/api/") && !url.pathname.startsWith("/socket.io");

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(["/", "/icon.svg", "/manifest.webmanifest"])));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data === "update") event.waitUntil(caches.delete(CACHE).then(() => self.skipWaiting()));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || !isShell(url) || (event.request.mode === "navigate" && url.pathname !== "/")) return; // the supervisors' pages need the server anyway
  event.respondWith(
    caches.open(CACHE).then(async (cache) => {
      const kept = await cache.match(event.request);
      if (kept && url.pathname.startsWith("/assets/")) return kept;
      try {
        const fresh = await fetch(event.request);
        if (fresh.ok) await cache.put(event.request, fresh.clone());
        return fresh;
      } catch (error) {
        if (kept) return kept;
        throw error;
      }
    }),
  );
});
