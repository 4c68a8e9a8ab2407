/** The page itself: which version it is, how it is kept for a reload without network, and when a newer one takes its place. */
import type { Told } from "./told";
import { isFree } from "./holding";
import type { Screen } from "./screen";
import { mustStayOpen, tierOf } from "./trust";
import type { View } from "./view";

const LOOK_MS = 60_000;

/** As the build wrote it into the page; empty where the page was not built. */
export const ownBuild = (): string => document.querySelector<HTMLMetaElement>('meta[name="build"]')?.content ?? "";

/** A newer version may take over: nothing waits to be sent and no form is half filled. */
export const mayUpdate = (view: Pick<View, "newBuild" | "queued" | "task">): boolean => view.newBuild && !view.queued && (!view.task || isFree(view.task));

export class Shell {
  private registration: ServiceWorkerRegistration | null = null;
  private reloading = false;

  constructor(private readonly screen: Screen) {}

  /** Finds out how the page is served, and keeps it where that may be. */
  async wake(told: Told): Promise<void> {
    const { tier, registration } = await tierOf();
    this.screen.trusted(tier);
    window.addEventListener("beforeunload", (event) => {
      if (!mustStayOpen(tier) || !this.screen.view.queued) return;
      event.preventDefault();
      event.returnValue = "";
    });
    told.newer = () => this.newer();
    if (!registration) return;
    this.registration = registration;
    navigator.serviceWorker.controller?.postMessage({ started: ownBuild() });
    registration.addEventListener("updatefound", () => this.watch(registration.installing));
    if (registration.waiting) this.offered();
    this.watch(registration.installing);
    setInterval(() => void registration.update().catch(() => undefined), LOOK_MS);
  }

  /** Takes the newer version, and loads the page once. */
  readonly update = (): void => {
    if (!mayUpdate(this.screen.view)) return;
    const waiting = this.registration?.waiting;
    if (!waiting) return this.reload();
    navigator.serviceWorker.addEventListener("controllerchange", () => this.reload());
    waiting.postMessage("update");
  };

  private reload(): void {
    if (this.reloading) return;
    this.reloading = true;
    location.reload();
  }

  /** The server has another version; where the page is kept, it is offered when it has been fetched as a whole. */
  private newer(): void {
    if (!this.registration) this.offered();
    else void this.registration.update().catch(() => undefined);
  }

  private watch(worker: ServiceWorker | null): void {
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller) this.offered();
    });
  }

  private offered(): void {
    this.screen.set({ newBuild: true });
  }
}
