/** Which device this is and who works with it: let in once, signed in for each shift. */
import { ApiError, call, type Keys } from "../net/api";
import type { Identity, Session, Store } from "../store/db";
import type { Language } from "../texts";
import type { Screen } from "./screen";

export class Who {
  identity: Identity | null = null;
  session: Session | null = null;

  constructor(
    private readonly store: Store,
    private readonly screen: Screen,
    private readonly changed: () => void,
  ) {}

  async wake(): Promise<void> {
    this.identity = (await this.store.get<Identity>("identity")) ?? null;
    this.session = (await this.store.get<Session>("session")) ?? null;
    const language = (await this.store.get<Language>("language")) ?? (navigator.language.startsWith("zh") ? "zh-CN" : "en");
    this.screen.set({ language, worker: this.session?.worker.name ?? "" });
  }

  readonly keys = (): Keys => ({ token: this.identity?.token, session: this.session?.session });

  async enrol(code: string, name: string): Promise<void> {
    this.identity = await call<Identity>({}, "POST", "/api/v1/devices/enrol", { code, name });
    await this.store.set("identity", this.identity);
  }

  async signIn(pin: string): Promise<void> {
    const session = await call<Session>(this.keys(), "POST", "/api/v1/sessions", { badge: this.screen.view.badge, pin });
    this.session = session;
    await this.store.set("session", session);
    this.screen.set({ worker: session.worker.name, badge: "", language: session.worker.language === "zh-CN" ? "zh-CN" : "en" });
  }

  async signOut(): Promise<void> {
    await call(this.keys(), "DELETE", "/api/v1/sessions/current").catch(() => undefined);
    await this.endSession();
  }

  async endSession(why = ""): Promise<void> {
    this.session = null;
    await this.store.forget("session");
    this.screen.set({ error: why, worker: "" });
    this.changed();
  }

  /** The server does not know the device any more. */
  async shutOut(): Promise<void> {
    this.identity = null;
    this.session = null;
    await this.store.forget("identity", "session");
    this.changed();
  }

  /** What an error says of who is allowed to ask. */
  async failed(error: unknown): Promise<void> {
    if (!(error instanceof ApiError) || error.status !== 401) return;
    if (error.code === "not_enrolled") await this.shutOut();
    else await this.endSession(this.screen.text("sessionEnded"));
  }
}
