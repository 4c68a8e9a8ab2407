/** The handheld's heart: what people and scanners do comes in here, in order; the parts do it, and the screen only shows it. */
import { formById, replaceForm, slotOf, withSlot } from "../floor/fillTask";
import { ApiError, sendPicture } from "../net/api";
import type { Store } from "../store/db";
import { PictureStore } from "../store/pictures";
import { Queue } from "../store/queue";
import type { Language } from "../texts";
import { afterPaint } from "./afterPaint";
import { Answers } from "./answers";
import type { CartonAdvice } from "./cartons";
import * as feedback from "./feedback";
import { Health } from "./health";
import { Held } from "./held";
import type { Parts } from "./parts";
import { Pictures } from "./pictures";
import { Screen } from "./screen";
import { Server } from "./server";
import { Shell } from "./shell";
import { Told } from "./told";
import type { View } from "./view";
import { Who } from "./who";
import { isLocal } from "./withoutNetwork";
import { Work } from "./work";

const BEAT_MS = 15_000;

export class Handheld implements Parts {
  readonly screen: Screen;
  readonly subscribe: Screen["subscribe"];
  readonly text: Screen["text"];
  readonly say: Screen["say"];
  readonly dismiss: Screen["dismiss"];
  readonly health = new Health();
  readonly who: Who;
  readonly held: Held;
  readonly server: Server;
  readonly told: Told;
  readonly pictures: Pictures;
  readonly queue: Queue;
  readonly shell: Shell;
  private readonly work = new Work(this);
  private readonly answers = new Answers(this);
  private chain: Promise<void> = Promise.resolve();

  constructor(readonly store: Store) {
    this.screen = new Screen(store, () => this.health.erred());
    ({ subscribe: this.subscribe, text: this.text, say: this.say, dismiss: this.dismiss } = this.screen);
    this.who = new Who(store, this.screen, () => this.whoChanged());
    this.held = new Held(store, this.screen, () => this.show(), (tasks) => this.pictures.ahead(tasks));
    this.server = new Server(this.who, this.health, { rung: () => void this.told.pull(), connected: () => this.connected(), away: (away) => this.reached(away) });
    this.pictures = new Pictures(new PictureStore(), this.server.picture, () => new Promise((done) => afterPaint(done)));
    store.makeRoom = () => this.pictures.makeRoom();
    this.queue = new Queue(store, this.server.operations, (operation, result) => this.answers.heard(operation, result), () => this.answers.queueChanged(), undefined, afterPaint);
    this.shell = new Shell(this.screen);
    this.told = new Told(this, (text) => void this.scan(text));
  }

  get view(): View {
    return this.screen.view;
  }

  get names(): Map<string, string> {
    return this.work.names;
  }

  /** What is scanned meanwhile waits for it; nothing here waits for the network. */
  start(): Promise<void> {
    return (this.chain = this.wake());
  }

  private async wake(): Promise<void> {
    await this.who.wake();
    await this.screen.wake();
    await this.told.wake();
    await this.queue.restore();
    await this.held.recall();
    this.screen.set({ queued: this.queue.size });
    this.show();
    window.addEventListener("online", () => void this.beat());
    window.addEventListener("offline", () => this.server.reach.note(true));
    setInterval(() => void this.beat(), BEAT_MS);
    if (this.who.identity) void this.connect();
  }

  /** A scan, a typed code or a tapped command: worked on in order. */
  scan(raw: string): Promise<void> {
    this.chain = this.chain.then(() => this.afterAnswer(raw)).catch((error: unknown) => {
      console.error(error);
      this.screen.stop({ title: this.text("askSupervisor"), now: String(error), next: [] });
      return this.held.recall();
    });
    return this.chain;
  }

  /** What is scanned while the server is asked belongs to its answer: to the task that it begins. Where the answer stops the worker it is not taken: the next scan would wipe away unseen what went wrong. */
  private async afterAnswer(raw: string): Promise<void> {
    const before = this.view.refusal;
    await this.screen.answered();
    if (this.view.refusal && this.view.refusal !== before) return;
    await this.screen.drawnOnce(() => this.scanned(raw));
  }

  private async scanned(raw: string): Promise<void> {
    feedback.wakeAudio();
    if (this.view.refusal) this.screen.set({ refusal: null });
    const reading = this.work.read(raw);
    if (this.view.screen === "signIn") {
      const badge = reading.values.find((value) => value.type === "badge");
      this.setBadge(String(badge?.key ?? raw).trim());
      return feedback.good();
    }
    if (this.view.screen === "home" || this.view.screen === "task") await this.work.scanned(raw, reading);
  }

  /** A picture, for a device without a scanner: the one code in it is a scan. */
  async photo(picture: Blob): Promise<void> {
    this.screen.set({ asking: true });
    try {
      const { codes } = await sendPicture(this.who.keys(), picture);
      const [only] = codes;
      this.screen.set({ asking: false }); // or the scan would wait for the end of what it belongs to
      if (only && codes.length === 1) return await this.scan(only.symbology + only.text);
      this.screen.stop({ title: this.text(only ? "photoSeveral" : "photoNone"), next: [] });
    } catch (error) {
      const isRefused = error instanceof ApiError && error.status >= 400 && error.status < 500;
      this.screen.stop({ title: isRefused ? this.say({ key: `refused.${error.code}`, args: { mb: 10, what: picture.type } }) : this.text("noNetworkForThis"), next: [] });
    } finally {
      this.screen.set({ asking: false });
    }
  }

  enrol(code: string, name: string): Promise<void> {
    return this.screen.attempt(async () => {
      await this.who.enrol(code, name);
      await this.connect();
      this.show();
    });
  }

  signIn(pin: string): Promise<void> {
    return this.screen.attempt(async () => {
      await this.who.signIn(pin);
      await this.told.messages();
      await this.told.pull();
      this.show();
      void this.queue.flush();
    });
  }

  async signOut(): Promise<void> {
    if (this.queue.size) return this.screen.stop({ title: this.text("signOutWaits"), next: [] });
    await this.who.signOut();
  }

  readonly openMenu = (menu: boolean): void => this.screen.set({ menu });

  setBadge(badge: string): void {
    this.screen.set({ badge, error: "" });
  }

  async setLanguage(language: Language): Promise<void> {
    await this.screen.speak(language);
    await this.told.messages();
    this.screen.set({});
  }

  /** The next task that waits, or one more to take along; it is the server that gives it. */
  claim(kind: string | null): Promise<void> {
    return this.inTurn(async () => {
      if (await this.server.reach.isAway()) return this.screen.stop({ title: this.text("noNetworkForThis"), next: [] });
      return this.work.send("claim", { kind }, null, this.held.task);
    });
  }

  /** Begin with equipment, break, come back or end; only the server can say whether that may be. */
  shift(kind: "shift_start" | "break_begin" | "break_end" | "shift_end", slots: Record<string, unknown> = {}): Promise<void> {
    return this.inTurn(async () => {
      if (await this.server.reach.isAway()) return this.screen.stop({ title: this.text("noNetworkForThis"), next: [] });
      return this.work.send(kind, slots, null, null);
    });
  }

  /** Another of the tasks that the device holds. */
  other(): Promise<void> {
    return this.inTurn(() => this.held.other());
  }

  release(): Promise<void> {
    return this.inTurn(async () => {
      if (!isLocal(this.held.task)) await this.work.send("release", {}, null, this.held.task);
      await this.held.goOn();
    });
  }

  /** One of the ways on that the server's answer offered. */
  follow(kind: string, slots: Record<string, unknown>): Promise<void> {
    const about = this.view.refusal?.task;
    this.dismiss();
    return this.inTurn(() => this.work.send(kind, slots, null, this.held.task, about));
  }

  /** Another carton was taken than was advised: the same as a scan of its label. */
  takeCarton(code: string): Promise<void> {
    return this.inTurn(() => this.work.put(code, { raw: code, values: [{ type: "carton", key: code }] }, false));
  }

  /** The carton that the packer is told to take counts as taken, unless another one is said. */
  advised(form: string, code: string | null): Promise<void> {
    return this.inTurn(async () => {
      const { task, others } = this.held;
      const at = task && formById(task, form);
      const known = slotOf(at ?? undefined, "carton");
      if (!task || !at || at.state !== "open" || !known || (known.default ?? null) === code) return;
      await this.held.keep(replaceForm(task, withSlot(at, "carton", { default: code })), others);
    });
  }

  cartons(release: string): Promise<CartonAdvice> {
    return this.server.cartons(release);
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    return (this.chain = this.chain.then(work));
  }

  private async connect(): Promise<void> {
    await this.told.messages();
    await this.told.hello();
    this.server.open();
    if (this.who.session) await this.told.pull();
    void this.queue.flush();
  }

  private async beat(): Promise<void> {
    if (!this.who.identity) return;
    await this.queue.flush();
    this.server.open();
    await this.told.hello();
    if (this.who.session && !this.queue.size) await this.told.pull();
  }

  private connected(): void {
    this.server.reach.note(false);
    void this.queue.flush();
  }

  private reached(away: boolean): void {
    this.screen.set({ away });
    if (away) this.health.erred();
    else void this.queue.flush();
  }

  private whoChanged(): void {
    if (!this.who.identity) this.server.close();
    this.show();
  }

  private show(): void {
    const screen = !this.who.identity ? "enrol" : !this.who.session ? "signIn" : this.view.task ? "task" : "home";
    this.screen.set({ screen });
  }
}
