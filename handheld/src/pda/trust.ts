/** How the page is served, which says what it may promise: shown on the status line of every device. */

/** A trusted HTTPS; B plain HTTP; C plain HTTP that the device's management allows; U HTTPS whose certificate nobody vouches for. */
export type Tier = "A" | "B" | "C" | "U";

const OWN_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Registers the worker that keeps the page for a reload without network: whether a browser takes it is the proof of its trust. */
export async function tierOf(): Promise<Tier> {
  if (!window.isSecureContext) return "B";
  const isTrusted = "serviceWorker" in navigator && (await navigator.serviceWorker.register("/sw.js").then(() => true, () => false));
  if (!isTrusted) return location.protocol === "https:" ? "U" : "B";
  return location.protocol === "https:" || OWN_HOSTS.has(location.hostname) ? "A" : "C";
}

/** Whether a reload without network would lose the page. */
export const mustStayOpen = (tier: Tier | null): boolean => tier === "B" || tier === "U";
