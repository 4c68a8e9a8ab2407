/** The handheld's heart: a scan becomes a reading, fills the task, becomes an operation; screens only show it. */
import { fill } from "../floor/fill";
import type { LabelSettings } from "../floor/gs1";
import { currentForm, isNone, replaceForm } from "../floor/fillTask";
import { read } from "../floor/reading";
import type { Effect, Message, Reading, Slot, Task, Value } from "../floor/types";
import { ApiError, call, type Keys } from "../net/api";
import { Link } from "../net/link";
import type { Identity, Operation, Session, Store } from "../store/db";
import { Queue, uuid7, type Result } from "../store/queue";
import { filled, textOf, type Language, type TextKey } from "../texts";
import * as feedback from "./feedback";
import { asPlace, LOCAL, localMove } from "./withoutNetwork";

export interface Refusal {
  title: string;
  scanned?: string;
  wanted?: string;
  now?: string;
  next: { label: string; kind: string; slots: Record<string, unknown> }[];
  isQuestion?: boolean;
}

export interface View {
  screen: "starting" | "otherTab" | "enrol" | "signIn" | "home" | "task";
  task: Task | null;
  flash: { kind: "good" | "bad" | "hint"; text: string; at: number } | null;
  refusal: Refusal | null;
  asking: boolean;
  counts: Record<string, number>;
  queued: number;
  stuck: number | null;
  connected: boolean;
  language: Language;
  worker: string;
  badge: string;
  error: string;
  newBuild: boolean;
}

/** Kinds that only the server can answer: the next form depends on it. */
const REQUESTS = new Set(["start", "claim", "release", "finish", "assign", "full", "reprint", "undo", "pack", "short", "damaged"]);
/** What was scanned into a slot on this device. */
const ownOf = (slot: Slot | undefined): Partial<Slot> =>
  slot && !isNone(slot.value) ? { value: slot.value, said: slot.said ?? null, scanned: slot.scanned ?? null } : {};
const PRIMARY = new Set(["lpn", "tote", "trolley", "document", "location"]);

export class Handheld {
  view: View = {
    screen: "starting", task: null, flash: null, refusal: null, asking: false, counts: {}, queued: 0, stuck: null, connected: false,
    language: "en", worker: "", badge: "", error: "", newBuild: false,
  };
  private readonly listeners = new Set<() => void>();
  private identity: Identity | null = null;
  private session: Session | null = null;
  private messages: Record<string, string> = {};
  private labels: LabelSettings = {};
  private queue!: Queue;
  private link!: Link;
  private chain: Promise<void> = Promise.resolve();
  private build = "";

  constructor(private readonly store: Store) {}

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  text = (key: TextKey, args?: Record<string, unknown>): string => textOf(this.view.language, key, args);

  say(message: Message | undefined): string {
    if (!message) return "";
    const worded = (name: string, value: unknown): unknown =>
      (name === "kind" ? (this.messages[`task.${String(value)}`] ?? this.messages[`kind.${String(value)}`]) : this.messages[String(value)]) ?? value;
    const args = Object.fromEntries(Object.entries(message.args).map(([name, value]) => [name, worded(name, value)]));
    return filled(this.messages[message.key] ?? message.key, args);
  }

  async start(): Promise<void> {
    const epoch = (await this.store.get<string>("epoch")) ?? "";
    this.identity = (await this.store.get<Identity>("identity")) ?? null;
    this.session = (await this.store.get<Session>("session")) ?? null;
    this.messages = (await this.store.get<Record<string, string>>("messages")) ?? {};
    this.labels = (await this.store.get<LabelSettings>("labels")) ?? {};
    this.link = new Link(() => this.keys(), () => void this.pull(), (connected) => this.linked(connected), () => void this.shutOut());
    this.queue = new Queue(this.store, epoch, (body) => this.link.send("operations", "/api/v1/operations", body),
      (operation, result) => this.heard(operation, result), () => this.queueChanged());
    await this.queue.restore();
    const language = (await this.store.get<Language>("language")) ?? (navigator.language.startsWith("zh") ? "zh-CN" : "en");
    const task = (await this.store.get<Task>("task")) ?? null;
    this.set({ language, task, queued: this.queue.size, worker: this.session?.worker.name ?? "" });
    this.show();
    window.addEventListener("online", () => void this.queue.flush());
    setInterval(() => void this.beat(), 15_000);
    if (this.identity) await this.connect();
  }

  /** A scan, a typed code or a tapped command: worked on in order, none is dropped. */
  scan(raw: string): Promise<void> {
    this.chain = this.chain.then(() => this.work(raw)).catch((error: unknown) => {
      console.error(error);
      this.stop({ title: this.text("askSupervisor"), now: String(error), next: [] });
    });
    return this.chain;
  }

  doubled(): void {
    this.set({ flash: { kind: "hint", text: this.text("doubleScan"), at: Date.now() } });
  }

  async enrol(code: string, name: string): Promise<void> {
    await this.attempt(async () => {
      this.identity = await call<Identity>({}, "POST", "/api/v1/devices/enrol", { code, name });
      await this.store.set("identity", this.identity);
      await this.connect();
      this.show();
    });
  }

  async signIn(pin: string): Promise<void> {
    await this.attempt(async () => {
      const session = await call<Session>(this.keys(), "POST", "/api/v1/sessions", { badge: this.view.badge, pin });
      this.session = session;
      await this.store.set("session", session);
      const language: Language = session.worker.language === "zh-CN" ? "zh-CN" : "en";
      this.set({ worker: session.worker.name, badge: "", language });
      await this.loadMessages();
      await this.pull();
      this.show();
      void this.queue.flush();
    });
  }

  async signOut(): Promise<void> {
    if (this.queue.size) {
      this.stop({ title: this.text("signOutWaits"), next: [] });
      return;
    }
    await call(this.keys(), "DELETE", "/api/v1/sessions/current").catch(() => undefined);
    await this.forgetSession();
  }

  setBadge(badge: string): void {
    this.set({ badge, error: "" });
  }

  async setLanguage(language: Language): Promise<void> {
    this.set({ language });
    await this.store.set("language", language);
    await this.loadMessages();
    this.set({});
  }

  dismiss(): void {
    this.set({ refusal: null });
  }

  claim(kind: string | null): Promise<void> {
    this.chain = this.chain.then(() => this.send("claim", { kind }, null, this.view.task));
    return this.chain;
  }

  release(): Promise<void> {
    this.chain = this.chain.then(async () => {
      const task = this.view.task;
      if (task?.id !== LOCAL) await this.send("release", {}, null, task);
      await this.keep(null);
      this.show();
    });
    return this.chain;
  }

  follow(kind: string, slots: Record<string, unknown>): Promise<void> {
    this.dismiss();
    this.chain = this.chain.then(() => this.send(kind, slots, null, this.view.task));
    return this.chain;
  }

  private keys(): Keys {
    return { token: this.identity?.token, session: this.session?.session };
  }

  private async connect(): Promise<void> {
    await this.loadMessages();
    await this.hello();
    void this.link.open();
    if (this.session) await this.pull();
    void this.queue.flush();
  }

  private async hello(): Promise<void> {
    try {
      const seq = (await this.store.get<number>("seq")) ?? 0;
      const epoch = (await this.store.get<string>("epoch")) ?? "";
      const told = await call<{ build: string }>(this.keys(), "POST", "/api/v1/floor/hello", { epoch, last_seq: seq, schema: 1, queued: this.queue.size, build: this.build });
      if (this.build && told.build !== this.build) this.set({ newBuild: true });
      this.build ||= told.build;
    } catch (error) {
      await this.failed(error);
    }
  }

  private async loadMessages(): Promise<void> {
    try {
      this.messages = await call<Record<string, string>>({}, "GET", `/api/v1/messages/${this.view.language}`);
      await this.store.set("messages", this.messages);
    } catch {
      // the ones kept from last time serve
    }
  }

  private async beat(): Promise<void> {
    if (!this.identity) return;
    await this.queue.flush();
    if (!this.link.connected) void this.link.open();
    await this.hello();
    if (this.session && !this.queue.size) await this.pull();
  }

  /** What the server holds for this device, with the own queue on top. */
  private async pull(): Promise<void> {
    try {
      const told = await call<{ tasks?: Task[]; counts: Record<string, number>; settings: LabelSettings }>(this.keys(), "GET", "/api/v1/floor/pull");
      this.set({ counts: told.counts });
      this.labels = told.settings;
      await this.store.set("labels", told.settings);
      if (this.queue.size || this.view.task?.id === LOCAL) return;
      const mine = told.tasks?.find((task) => task.id === this.view.task?.id) ?? told.tasks?.[0] ?? null;
      if (mine?.id !== this.view.task?.id || mine?.version !== this.view.task?.version) {
        await this.keep(mine ? this.carried(mine) : null);
        this.show();
      }
    } catch (error) {
      await this.failed(error);
    }
  }

  /** What was half filled on this device stays filled when the server's state of the same task comes. */
  private carried(fresh: Task): Task {
    const old = this.view.task?.id === fresh.id ? this.view.task : null;
    if (!old) return fresh;
    let task = fresh;
    const kept = new Set<string>();
    for (const form of old.forms) {
      const same = fresh.forms.find((one) => one.id === form.id && one.state === "open");
      if (!same || form.state !== "open" || (isNone(form.mode) && form.slots.every((slot) => isNone(slot.value)))) continue;
      kept.add(form.id);
      const slots = same.slots.map((slot) => ({ ...slot, ...ownOf(form.slots.find((one) => one.name === slot.name)) }));
      task = replaceForm(task, { ...same, mode: form.mode ?? null, slots });
    }
    const trail = (old.trail ?? []).filter((step) => kept.has(step[0]) || !step[1].length);
    task = { ...task, trail: kept.size ? trail : [] };
    const current = task.forms.find((form) => form.id === old.current && form.state === "open");
    return { ...task, current: current?.id ?? task.current };
  }

  private async work(raw: string): Promise<void> {
    feedback.wakeAudio();
    this.set({ refusal: null });
    const reading = read(raw, this.view.task?.codes ?? {}, this.labels);
    const badge = reading.values.find((value) => value.type === "badge");
    if (this.view.screen === "signIn") {
      this.setBadge(String(badge?.key ?? raw).trim());
      feedback.good();
      return;
    }
    if (this.view.screen !== "home" && this.view.screen !== "task") return;
    const [task, effects] = fill(this.view.task, await this.understood(raw, reading));
    await this.act(task, effects);
  }

  /** What the device does not know it asks the server; without network it goes on with what it has. */
  private async understood(raw: string, reading: Reading): Promise<Reading> {
    const expected = (value: Value): boolean =>
      Boolean(this.view.task?.forms.some((form) => form.slots.some((slot) => !slot.tally && Array.isArray(slot.expected) && slot.expected.includes(value.key))));
    const isOpen = (value: Value): boolean =>
      value.type === "unknown" || (value.type === "item" && isNone(value.key)) || (PRIMARY.has(value.type) && !value.kind && !expected(value));
    const mayBeKnown = reading.error?.code === "unknown_ai" || reading.values.some(isOpen);
    if (!mayBeKnown) return reading;
    try {
      return await this.link.send<Reading>("read", "/api/v1/floor/read", { text: raw });
    } catch {
      return this.view.task?.id === LOCAL ? asPlace(reading) : reading;
    }
  }

  private async act(task: Task | null, effects: Effect[]): Promise<void> {
    const asked = effects.find((effect) => effect.effect === "operation" || effect.effect === "start");
    if (task !== this.view.task) await this.keep(task);
    for (const effect of effects) {
      if (effect.effect === "operation") await this.operation(effect, task);
      if (effect.effect === "start") await this.begin(effect["value"] as Value);
      if (effect.effect === "refused") this.refused(effect);
    }
    if (effects.some((effect) => effect.effect === "refused")) return;
    if (!asked) this.flash("good", effects.some((effect) => effect.effect === "again") ? "·" : "✓");
    if (task?.id === LOCAL && effects.some((effect) => effect.effect === "complete")) {
      await this.keep(null);
      this.show();
    }
  }

  /** The server starts work; without network a pallet can still be moved, and nothing else be begun. */
  private async begin(value: Value): Promise<void> {
    if (navigator.onLine) return this.send("start", { value }, null, null);
    const task = localMove(value);
    if (!task) return this.stop({ title: this.text("noNetworkForThis"), scanned: String(value.name ?? value.key ?? ""), next: [] });
    await this.keep(task);
    this.show();
    this.flash("good", "✓");
  }

  private async operation(effect: Effect, task: Task | null): Promise<void> {
    const kind = String(effect["kind"]);
    await this.send(kind, effect["slots"] as Record<string, unknown>, (effect["form"] as string | null) ?? null, task);
    if (!REQUESTS.has(kind)) this.flash("good", "✓");
  }

  private async send(kind: string, slots: Record<string, unknown>, form: string | null, task: Task | null): Promise<void> {
    if (REQUESTS.has(kind)) this.set({ asking: true });
    await this.queue.add((seq) => ({
      op: uuid7(), seq, kind, task: kind === "start" || kind === "claim" || task?.id === LOCAL ? null : (task?.id ?? null), form, slots, made_at: Date.now(),
      session: this.session?.id ?? "", schema: 1,
    }), task);
  }

  private heard(_operation: Operation, result: Result): void {
    this.set({ asking: false });
    if (result.status === "applied" || (result.status === "replayed" && result.first?.status !== "refused")) {
      if (result.task) void this.adopt(result.task);
      if (result.next?.length) {
        this.stop({ title: this.say(result.message), next: this.steps(result), isQuestion: true });
        return;
      }
      const text = this.say(result.message);
      if (text && text !== result.message.key) this.flash("good", text, result.message.key.endsWith("done"));
      return;
    }
    if (result.status === "stale") return;
    this.stop({ title: this.say(result.message), next: this.steps(result) });
    void this.reload();
  }

  private steps(result: Result): Refusal["next"] {
    return (result.next ?? []).map((step) => ({ label: this.say(step.label), kind: step.kind, slots: step.slots }));
  }

  private async adopt(task: Task): Promise<void> {
    if (task.state === "done" || task.state === "cancelled") {
      await this.keep(null);
      this.show();
      void this.pull();
      return;
    }
    let now = this.carried(task);
    for (const operation of this.queue.pending(task.id)) {
      const form = now.forms.find((one) => one.id === operation.form);
      if (form && !form.repeat) now = replaceForm(now, { ...form, state: "done" });
    }
    const current = currentForm(now);
    await this.keep({ ...now, current: current?.id ?? null });
    this.show();
  }

  private async reload(): Promise<void> {
    if (!this.queue.size) {
      this.view = { ...this.view, task: this.view.task ? { ...this.view.task, version: -1, forms: this.view.task.forms.map((form) => ({ ...form, slots: form.slots.map((slot) => ({ ...slot, value: null })) })) } : null };
      await this.pull();
    }
  }

  private refused(effect: Effect): void {
    const scanned = effect["scanned"] as Value | undefined;
    const wanted = effect["wanted"] as { slot: string; types: string[]; expected: string[] | null; form: string } | null;
    const form = this.view.task?.forms.find((one) => one.id === wanted?.form);
    const slot = form?.slots.find((one) => one.name === wanted?.slot);
    const now = slot?.prompt ? this.say(slot.prompt) : "";
    const name = scanned?.name ?? scanned?.key ?? scanned?.gtin ?? scanned?.["rcn"] ?? (scanned?.["parts"] as string[] | undefined)?.[0] ?? (isNone(scanned?.n) ? "?" : String(scanned?.n));
    const args = { scanned: name, wanted: wanted?.expected?.join(", ") || "…", next: now };
    const isAway = !navigator.onLine && effect["code"] === "unknown_code"; // the server may know it
    const sentence = isAway ? this.text("noNetworkForThis") : this.messages[`refused.${String(effect["code"])}`];
    this.stop({
      title: sentence ? filled(sentence, args).replace(/\{\w+\}/g, "") : String(effect["code"]),
      scanned: `${name}${scanned?.["location"] ? ` → ${String(scanned["location"])}` : ""}`,
      ...(wanted?.expected?.length ? { wanted: wanted.expected.join(", ") } : {}),
      ...(now ? { now } : {}),
      next: [],
    });
  }

  private stop(refusal: Refusal): void {
    feedback.bad();
    this.set({ refusal, asking: false, flash: { kind: "bad", text: refusal.title, at: Date.now() } });
  }

  private flash(kind: "good" | "hint", text: string, isComplete = false): void {
    if (isComplete) feedback.complete();
    else feedback.good();
    this.set({ flash: { kind, text, at: Date.now() } });
  }

  private queueChanged(): void {
    if (this.queue.stuck === 401) void this.forgetSession(this.text("sessionEnded"));
    if (this.queue.stuck !== null && this.view.asking) {
      this.set({ asking: false });
      this.set({ flash: { kind: "hint", text: this.text("keptHere"), at: Date.now() } });
    }
    this.set({ queued: this.queue.size, stuck: this.queue.stuck });
  }

  private linked(connected: boolean): void {
    this.set({ connected });
    if (connected) void this.queue.flush();
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    this.set({ error: "", asking: true });
    try {
      await work();
    } catch (error) {
      feedback.bad();
      this.set({ error: error instanceof ApiError ? error.detail : String(error) });
    }
    this.set({ asking: false });
  }

  private async failed(error: unknown): Promise<void> {
    if (error instanceof ApiError && error.status === 401) {
      if (error.detail.includes("enrolled")) await this.shutOut();
      else await this.forgetSession(this.text("sessionEnded"));
    }
  }

  private async shutOut(): Promise<void> {
    this.link.close();
    this.identity = null;
    await this.store.forget("identity", "session");
    this.session = null;
    this.show();
  }

  private async forgetSession(why = ""): Promise<void> {
    this.session = null;
    await this.store.forget("session");
    this.set({ error: why, worker: "" });
    this.show();
  }

  private async keep(task: Task | null): Promise<void> {
    this.set({ task });
    await this.store.set("task", task);
  }

  private show(): void {
    const screen = !this.identity ? "enrol" : !this.session ? "signIn" : this.view.task ? "task" : "home";
    this.set({ screen });
  }

  private set(changes: Partial<View>): void {
    this.view = { ...this.view, ...changes };
    for (const listener of this.listeners) listener();
  }
}
