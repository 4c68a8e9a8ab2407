// Served in the place of sw.js when the owner switches the worker off: what was kept goes, and pages come from the server again.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("aisle-")).map((name) => caches.delete(name)))).then(() => self.registration.unregister()),
  );
});
