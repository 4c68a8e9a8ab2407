/** How the page is served, which says what it may promise: shown on the status line of every device. */

/** A trusted HTTPS; B plain HTTP; C plain HTTP that the device's management allows; U HTTPS whose certificate nobody vouches for. */
export type Tier = "A" | "B" | "C" | "U";

const OWN_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

export interface Served {
  tier: Tier;
  registration: ServiceWorkerRegistration | null;
}

/** Registers the worker that keeps the page for a reload without network: whether a browser takes it is the proof of its trust. */
export async function tierOf(): Promise<Served> {
  if (!window.isSecureContext || !("serviceWorker" in navigator)) return { tier: location.protocol === "https:" ? "U" : "B", registration: null };
  const registration = await registered();
  if (!registration) return { tier: location.protocol === "https:" ? "U" : "B", registration };
  return { tier: location.protocol === "https:" || OWN_HOSTS.has(location.hostname) ? "A" : "C", registration };
}

/** Without network the worker that is there says the same. */
async function registered(): Promise<ServiceWorkerRegistration | null> {
  const now = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => null);
  return now ?? (await navigator.serviceWorker.getRegistration().catch(() => null)) ?? null;
}

/** Whether a reload without network would lose the page. */
export const mustStayOpen = (tier: Tier | null): boolean => tier === "B" || tier === "U";
