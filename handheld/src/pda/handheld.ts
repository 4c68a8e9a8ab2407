/** The handheld's heart: a scan becomes a reading, fills the task, becomes an operation; the screen only shows it. */
import { fill } from "../floor/fill";
import type { LabelSettings } from "../floor/gs1";
import { currentForm, formById, replaceForm, slotOf, withSlot } from "../floor/fillTask";
import { read } from "../floor/reading";
import type { Effect, Reading, Task, Value } from "../floor/types";
import { ApiError, call, sendPicture, type Keys } from "../net/api";
import { Link } from "../net/link";
import { Reach, SHORT_MS } from "../net/reach";
import type { Identity, Operation, Session, Store } from "../store/db";
import { Queue, uuid7, type Result } from "../store/queue";
import { mayBeKnown, SiteCodes, type CodesPage } from "../store/siteCodes";
import type { Language } from "../texts";
import * as feedback from "./feedback";
import { Health } from "./health";
import { carried, emptied, goesBefore, inHandFirst, isFree, knownTo, takesAnything, wanting, withPending } from "./holding";
import type { CartonAdvice } from "./cartons";
import { Screen } from "./screen";
import { asPlace, isLocal, localTask, openedBin, prepared, withRest, withShown } from "./withoutNetwork";
import { helpOf, stepsOf, type Pulled, type View } from "./view";

/** Kinds that only the server can answer: the next form depends on it. */
const REQUESTS = new Set(["start", "claim", "release", "finish", "assign", "full", "reprint", "undo", "pack", "short", "damaged"]);

export class Handheld {
  readonly screen: Screen;
  readonly subscribe: Screen["subscribe"];
  readonly text: Screen["text"];
  readonly say: Screen["say"];
  readonly dismiss: Screen["dismiss"];
  /** What was scanned, by its name. */
  readonly names = new Map<string, string>();
  private identity: Identity | null = null;
  private session: Session | null = null;
  private labels: LabelSettings = {};
  private queue!: Queue;
  private link!: Link;
  private codes!: SiteCodes;
  private readonly reach = new Reach((away) => this.reached(away));
  private mustPull = false;
  private chain: Promise<void> = Promise.resolve();
  private build = "";
  private scansTaken: number | null = null;
  private readonly health = new Health();

  constructor(private readonly store: Store) {
    this.screen = new Screen(store, () => this.health.erred());
    ({ subscribe: this.subscribe, text: this.text, say: this.say, dismiss: this.dismiss } = this.screen);
  }

  get view(): View {
    return this.screen.view;
  }

  /** What is scanned meanwhile waits for it; nothing here waits for the network. */
  start(): Promise<void> {
    return (this.chain = this.wake());
  }

  private async wake(): Promise<void> {
    const epoch = (await this.store.get<string>("epoch")) ?? "";
    this.identity = (await this.store.get<Identity>("identity")) ?? null;
    this.session = (await this.store.get<Session>("session")) ?? null;
    await this.screen.wake();
    this.labels = (await this.store.get<LabelSettings>("labels")) ?? {};
    this.codes = new SiteCodes(this.store, (after) => this.ask<CodesPage>("GET", `/api/v1/floor/codes?after=${after}`));
    this.link = new Link(this.reach, () => this.keys(), () => void this.pull(), (connected) => this.linked(connected), () => void this.shutOut());
    this.queue = new Queue(this.store, epoch, (body) => this.health.timed(this.link.send("operations", "/api/v1/operations", body)),
      (operation, result) => this.heard(operation, result), () => this.queueChanged());
    await this.queue.restore();
    const language = (await this.store.get<Language>("language")) ?? (navigator.language.startsWith("zh") ? "zh-CN" : "en");
    await this.recall();
    this.screen.set({ language, queued: this.queue.size, worker: this.session?.worker.name ?? "" });
    this.show();
    window.addEventListener("online", () => void this.beat());
    window.addEventListener("offline", () => this.reach.note(true));
    setInterval(() => void this.beat(), 15_000);
    if (this.identity) void this.connect();
  }

  /** A scan, a typed code or a tapped command: worked on in order, none is dropped. */
  scan(raw: string): Promise<void> {
    this.chain = this.chain.then(() => this.work(raw)).catch((error: unknown) => {
      console.error(error);
      this.screen.stop({ title: this.text("askSupervisor"), now: String(error), next: [] });
      return this.recall();
    });
    return this.chain;
  }

  /** A picture, for a device without a scanner: the one code in it is a scan. */
  async photo(picture: Blob): Promise<void> {
    this.screen.set({ asking: true });
    try {
      const { codes } = await sendPicture(this.keys(), picture);
      const [only] = codes;
      if (only && codes.length === 1) return await this.scan(only.symbology + only.text);
      this.screen.stop({ title: this.text(only ? "photoSeveral" : "photoNone"), next: [] });
    } catch (error) {
      const isRefused = error instanceof ApiError && error.status >= 400 && error.status < 500;
      this.screen.stop({ title: isRefused ? this.say({ key: `refused.${error.code}`, args: { mb: 10, what: picture.type } }) : this.text("noNetworkForThis"), next: [] });
    } finally {
      this.screen.set({ asking: false });
    }
  }

  async enrol(code: string, name: string): Promise<void> {
    await this.screen.attempt(async () => {
      this.identity = await call<Identity>({}, "POST", "/api/v1/devices/enrol", { code, name });
      await this.store.set("identity", this.identity);
      await this.connect();
      this.show();
    });
  }

  async signIn(pin: string): Promise<void> {
    await this.screen.attempt(async () => {
      const session = await call<Session>(this.keys(), "POST", "/api/v1/sessions", { badge: this.view.badge, pin });
      this.session = session;
      await this.store.set("session", session);
      const language: Language = session.worker.language === "zh-CN" ? "zh-CN" : "en";
      this.screen.set({ worker: session.worker.name, badge: "", language });
      await this.loadMessages();
      await this.pull();
      this.show();
      void this.queue.flush();
    });
  }

  async signOut(): Promise<void> {
    if (this.queue.size) return this.screen.stop({ title: this.text("signOutWaits"), next: [] });
    await call(this.keys(), "DELETE", "/api/v1/sessions/current").catch(() => undefined);
    await this.forgetSession();
  }

  setBadge(badge: string): void {
    this.screen.set({ badge, error: "" });
  }

  async setLanguage(language: Language): Promise<void> {
    await this.screen.speak(language);
    await this.loadMessages();
    this.screen.set({});
  }

  /** The next task that waits, or one more to take along; it is the server that gives it. */
  claim(kind: string | null): Promise<void> {
    return (this.chain = this.chain.then(async () => {
      if (await this.reach.isAway()) return this.screen.stop({ title: this.text("noNetworkForThis"), next: [] });
      return this.send("claim", { kind }, null, this.view.task);
    }));
  }

  /** Another of the tasks that the device holds. */
  other(): Promise<void> {
    return (this.chain = this.chain.then(async () => {
      const [first, ...rest] = this.view.kept;
      if (first) await this.keepAll(first, [...rest, ...(this.view.task ? [this.view.task] : [])]);
      this.show();
    }));
  }

  release(): Promise<void> {
    return (this.chain = this.chain.then(async () => {
      if (!isLocal(this.view.task)) await this.send("release", {}, null, this.view.task);
      await this.goOn();
    }));
  }

  follow(kind: string, slots: Record<string, unknown>): Promise<void> {
    const about = this.view.refusal?.task;
    this.dismiss();
    return (this.chain = this.chain.then(() => this.send(kind, slots, null, this.view.task, about)));
  }

  /** Another carton was taken than was advised: the same as a scan of its label. */
  takeCarton(code: string): Promise<void> {
    return (this.chain = this.chain.then(() => this.put(code, { raw: code, values: [{ type: "carton", key: code }] }, false)));
  }

  /** The carton that the packer is told to take counts as taken, unless another one is said. */
  advised(form: string, code: string | null): Promise<void> {
    this.chain = this.chain.then(async () => {
      const { task, kept } = this.view;
      const at = task && formById(task, form);
      const known = slotOf(at ?? undefined, "carton");
      if (!task || !at || at.state !== "open" || !known || (known.default ?? null) === code) return;
      await this.keepAll(replaceForm(task, withSlot(at, "carton", { default: code })), kept);
    });
    return this.chain;
  }

  /** Which carton to take for what is left of an order. A slow answer says nothing of the network. */
  cartons(release: string): Promise<CartonAdvice> {
    return call<CartonAdvice>(this.keys(), "GET", `/api/v1/releases/${encodeURIComponent(release)}/cartons`);
  }

  private readonly keys = (): Keys => ({ token: this.identity?.token, session: this.session?.session });

  private ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.reach.of(call<T>(this.keys(), method, path, body));
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
      const told = await this.ask<{ build: string }>("POST", "/api/v1/floor/hello", { epoch, last_seq: seq, schema: 1, queued: this.queue.size, build: this.build, ...this.health.told() });
      if (this.build && told.build !== this.build) this.screen.set({ newBuild: true });
      this.build ||= told.build;
    } catch (error) {
      await this.failed(error);
    }
  }

  private loadMessages(): Promise<void> {
    return this.screen.learn((path) => this.ask<Record<string, string>>("GET", path));
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
      const before = this.queue.size ? -1 : this.queue.made;
      const taken = this.scansTaken === null ? "" : `?scans_after=${this.scansTaken}`;
      const told = await this.ask<Pulled>("GET", `/api/v1/floor/pull${taken}`);
      this.takeScans(told);
      this.screen.set({ counts: told.counts });
      this.labels = told.settings;
      await this.store.set("labels", told.settings);
      void this.codes.refresh(told.codes_mark).catch(() => undefined); // the ones that are there serve
      if (this.queue.size) return;
      if (this.queue.made !== before) return await this.pull(); // what was done meanwhile is not in this answer
      const [mine, ...rest] = inHandFirst(this.mine(), told.tasks ?? []);
      await this.keepAll(mine ?? null, rest);
      this.show();
    } catch (error) {
      await this.failed(error);
    }
  }

  /** What the scanner of the packing table read is a scan of this device; two pulls under way at once may bring the same. */
  private takeScans(told: Pulled): void {
    const taken = this.scansTaken;
    for (const one of told.scans ?? []) if (taken !== null && one.id > (this.scansTaken ?? 0)) {
      this.scansTaken = one.id;
      void this.scan(one.text);
    }
    if (told.scans_mark !== undefined) this.scansTaken = Math.max(this.scansTaken ?? 0, told.scans_mark);
  }

  private readonly mine = (): Task[] => [...(this.view.task ? [this.view.task] : []), ...this.view.kept];

  private async work(raw: string): Promise<void> {
    feedback.wakeAudio();
    this.screen.set({ refusal: null });
    const reading = read(raw, knownTo(this.mine()), this.labels);
    const badge = reading.values.find((value) => value.type === "badge");
    if (this.view.screen === "signIn") {
      this.setBadge(String(badge?.key ?? raw).trim());
      feedback.good();
      return;
    }
    if (this.view.screen !== "home" && this.view.screen !== "task") return;
    this.health.scanned(raw);
    await this.put(raw, ...(await this.understood(raw, reading)));
  }

  /** A scan goes to the task at hand, to another that the device holds, or begins something. */
  private async put(raw: string, reading: Reading, isFromDevice: boolean): Promise<void> {
    const { task: mine, kept, away } = this.view;
    for (const value of reading.values) if (value.key && value.name) this.names.set(value.key, String(value.name));
    const opened = openedBin(mine);
    const first = reading.values[0];
    if (opened && first && first.key !== opened && localTask(first)) return this.begin(first, opened);
    if (mine && goesBefore(mine, reading)) {
      const other = wanting(kept, reading);
      if (other) return this.turnTo(...other);
    }
    const [task, effects] = fill(mine && prepared(mine, reading), reading);
    if (mine && effects.some((one) => one.effect === "operation" && one["kind"] === "start") && (await this.reach.isAway())) return this.beginFrom(mine, raw, reading);
    if (!effects.some((effect) => effect.effect === "refused")) return this.act(task && withShown(task), effects);
    const more = isFromDevice && !away ? await this.asked(raw) : null; // the server says more about what is wrong: where it belongs
    if (more) return this.put(raw, more, false);
    const other = mine && isFree(mine) ? wanting(kept, reading) : null;
    if (other) return this.turnTo(...other);
    if (away && mine && isFree(mine) && first?.type === "document" && localTask(first)) return this.begin(first);
    return this.act(mine, effects);
  }

  /** Without network, on a screen that takes anything: what is shown is closed, and an item is taken out of the bin that was shown. */
  private async beginFrom(shown: Task, raw: string, reading: Reading): Promise<void> {
    const place = shown.forms[0]?.info?.["location"];
    const value = reading.values.find((one) => localTask(one));
    await this.send("finish", {}, null, shown);
    await this.goOn();
    if (value || typeof place !== "string") return this.begin(value ?? (reading.values[0] as Value), typeof place === "string" ? place : null);
    await this.begin({ type: "location", key: place });
    return this.put(raw, reading, false);
  }

  /** A scan was for another of the tasks that the device holds. */
  private async turnTo(task: Task, effects: Effect[]): Promise<void> {
    const before = this.view.task && !isLocal(this.view.task) ? [this.view.task] : [];
    await this.keepAll(task, [...before, ...this.view.kept.filter((one) => one.id !== task.id)]);
    this.show();
    await this.act(task, effects);
  }

  /** What the tasks do not know the device's own codes may; what they do not know either the server is asked. */
  private async understood(raw: string, reading: Reading): Promise<[Reading, boolean]> {
    if (!mayBeKnown(reading, this.mine())) return [reading, false];
    const own = await this.codes.read(raw, knownTo(this.mine()), this.labels);
    if (!mayBeKnown(own, this.mine())) return [own, true];
    const told = await this.asked(raw);
    if (told) return [told, false];
    return [isLocal(this.view.task) && (await this.codes.isEmpty()) ? asPlace(own) : own, true];
  }

  /** The server's reading; null when there is none within a short time. */
  private asked(raw: string): Promise<Reading | null> {
    if (this.reach.away) return Promise.resolve(null);
    return this.health.timed(this.link.send<Reading>("read", "/api/v1/floor/read", { text: raw }, SHORT_MS)).catch(() => null);
  }

  private async act(given: Task | null, effects: Effect[]): Promise<void> {
    const task = given && this.view.away ? withRest(given, effects) : given;
    const asked = effects.find((effect) => effect.effect === "operation" || effect.effect === "start");
    if (asked?.effect === "operation") this.screen.set({ task }); // it is the queue that keeps it, in one transaction with the operation
    else if (task !== this.view.task) await this.keepAll(task, this.view.kept);
    for (const effect of effects) {
      if (effect.effect === "operation") await this.operation(effect, task);
      if (effect.effect === "start") await this.begin(effect["value"] as Value);
      if (effect.effect === "refused") this.screen.refused(effect);
    }
    if (effects.some((effect) => effect.effect === "help")) return this.screen.set({ refusal: helpOf(task, this.text, this.say) });
    if (effects.some((effect) => effect.effect === "refused")) return;
    if (!asked) this.screen.good(effects.some((effect) => effect.effect === "again") ? "·" : "✓");
    const isEnded = effects.some((effect) => effect.effect === "operation" && effect["kind"] === "finish");
    const isComplete = isEnded || (effects.some((effect) => effect.effect === "complete") && !(task && currentForm(task)));
    if (isComplete && (this.view.away || isLocal(task))) await this.goOn();
  }

  /** The server starts work; without network goods and pallets are moved and bins counted, and nothing else is begun. */
  private async begin(value: Value, place: string | null = null): Promise<void> {
    if (!(await this.reach.isAway())) {
      if (isLocal(this.view.task)) await this.goOn();
      return this.send("start", { value }, null, null);
    }
    const task = localTask(value, place);
    const why = value.type === "item" ? "scanBinFirst" : "noNetworkForThis";
    if (!task) return this.screen.stop({ title: this.text(why), scanned: String(value.name ?? value.key ?? ""), next: [] });
    const before = this.view.task && !isLocal(this.view.task) ? [this.view.task] : [];
    await this.keepAll(task, [...before, ...this.view.kept]);
    this.show();
    this.screen.good("✓");
  }

  /** After the task at hand the next one that the device holds. */
  private async goOn(): Promise<void> {
    this.mustPull = true;
    const [next, ...rest] = this.view.kept;
    await this.keepAll(next ?? null, rest);
    this.show();
  }

  private async operation(effect: Effect, task: Task | null): Promise<void> {
    const kind = String(effect["kind"]);
    if (isLocal(task) && kind === "finish") return;
    if (isLocal(task) && kind === "undo") return this.goOn(); // what was begun here is left, with nothing done
    await this.send(kind, effect["slots"] as Record<string, unknown>, (effect["form"] as string | null) ?? null, task);
    if (!REQUESTS.has(kind)) this.screen.good("✓");
  }

  private async send(kind: string, slots: Record<string, unknown>, form: string | null, task: Task | null, about?: string | null): Promise<void> {
    if (REQUESTS.has(kind) && this.view.away) this.screen.hint("keptHere");
    else if (REQUESTS.has(kind)) this.screen.set({ asking: true });
    const of = about !== undefined ? about : isLocal(task) ? null : (task?.id ?? null);
    await this.queue.add((seq) => ({
      op: uuid7(), seq, kind, task: kind === "start" || kind === "claim" ? null : of, form, slots, made_at: Date.now(),
      session: this.session?.id ?? "", schema: 1,
    }), task);
  }

  private heard(operation: Operation, result: Result): void {
    this.screen.set({ asking: false });
    if (result.status === "applied" || (result.status === "replayed" && result.first?.status !== "refused")) {
      if (result.task) void this.adopt(result.task, operation);
      if (result.next?.length) return this.screen.stop({ title: this.say(result.message), next: stepsOf(result, this.say), isQuestion: true, task: operation.task });
      const text = this.say(result.message);
      if (text && text !== result.message.key) this.screen.good(text, result.message.key.endsWith("done"));
      return;
    }
    if (result.status === "stale") return;
    this.screen.stop({ title: this.say(result.message), next: stepsOf(result, this.say) });
    void this.reload();
  }

  /** What an answer says of a task: of the one at hand, of another that the device holds, or of one that was just begun. */
  private async adopt(task: Task, operation: Operation): Promise<void> {
    const isBegun = operation.kind === "start" || operation.kind === "claim";
    const isAtHand = task.id === this.view.task?.id;
    if (task.state === "done" || task.state === "cancelled") {
      if (isAtHand) await this.goOn();
      else await this.keepAll(this.view.task, this.view.kept.filter((one) => one.id !== task.id));
      void this.pull();
      return;
    }
    if (!isAtHand && (isLocal(this.view.task) || (!isBegun && this.view.task))) return; // the next pull brings it
    const now = withPending(carried(this.mine(), task), this.queue.pending(task.id));
    const before = !isAtHand && this.view.task && !takesAnything(this.view.task) ? [this.view.task] : [];
    await this.keepAll(now, [...before, ...this.view.kept].filter((one) => one.id !== task.id));
    this.show();
  }

  private async reload(): Promise<void> {
    if (!this.queue.size) {
      this.screen.view = { ...this.view, task: this.view.task && emptied(this.view.task) };
      await this.pull();
    }
  }

  private queueChanged(): void {
    if (this.queue.stuck === 401) void this.forgetSession(this.text("sessionEnded"));
    if (this.queue.stuck !== null && this.view.asking) {
      this.screen.set({ asking: false });
      this.screen.hint("keptHere");
    }
    this.screen.set({ queued: this.queue.size, stuck: this.queue.stuck });
    if (this.queue.size || !this.mustPull || this.view.away) return;
    this.mustPull = false;
    void this.pull();
  }

  private linked(connected: boolean): void {
    if (connected) this.reach.note(false);
    if (connected) void this.queue.flush();
  }

  private reached(away: boolean): void {
    this.screen.set({ away });
    if (away) this.health.erred();
    else if (this.queue) void this.queue.flush();
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
    this.screen.set({ error: why, worker: "" });
    this.show();
  }

  /** The tasks as the device wrote them down: what it could not keep is not shown as done. One with nothing open ended as the device died. */
  private async recall(): Promise<void> {
    const [task = null, ...kept] = (await this.store.tasks()).filter((one): one is Task => Boolean(one && currentForm(one)));
    this.screen.set({ task, kept });
  }

  private async keepAll(task: Task | null, kept: Task[]): Promise<void> {
    this.screen.set({ task, kept });
    await this.store.keepTasks(task, kept);
  }

  private show(): void {
    const screen = !this.identity ? "enrol" : !this.session ? "signIn" : this.view.task ? "task" : "home";
    this.screen.set({ screen });
  }
}
