/** From a scan to an operation: it goes to the task at hand, to another that the device holds, or begins something. */
import { fill } from "../floor/fill";
import { currentForm } from "../floor/fillTask";
import { read } from "../floor/reading";
import type { Effect, Reading, Task, Value } from "../floor/types";
import { SCHEMA } from "../store/db";
import { uuid7 } from "../store/queue";
import { mayBeKnown } from "../store/siteCodes";
import { goesBefore, isFree, knownTo, wanting } from "./holding";
import type { Parts } from "./parts";
import { helpOf } from "./view";
import { asPlace, isLocal, localTask, openedBin, prepared, withRest, withShown } from "./withoutNetwork";

/** Kinds that only the server can answer: the next form depends on it. */
const REQUESTS = new Set(["start", "claim", "release", "finish", "assign", "full", "reprint", "undo", "pack", "short", "damaged", "hand_over", "prove", "hand_out", "shift_start", "break_begin", "break_end", "shift_end"]);

export class Work {
  /** What was scanned, by its name. */
  readonly names = new Map<string, string>();

  constructor(private readonly parts: Parts) {}

  /** What a scan means by itself and with what the tasks know of codes. */
  read(raw: string): Reading {
    return read(raw, knownTo(this.parts.held.all()), this.parts.told.labels);
  }

  async scanned(raw: string, reading: Reading): Promise<void> {
    this.parts.health.scanned(raw);
    this.parts.told.soon();
    await this.put(raw, ...(await this.understood(raw, reading)));
  }

  async put(raw: string, reading: Reading, isFromDevice: boolean): Promise<void> {
    const { held, server, screen: { view: { away } } } = this.parts;
    const { task: mine, others } = held;
    for (const value of reading.values) if (value.key && value.name) this.names.set(value.key, String(value.name));
    const opened = openedBin(mine);
    const first = reading.values[0];
    if (opened && first && first.key !== opened && localTask(first)) return this.begin(first, opened);
    if (mine && goesBefore(mine, reading)) {
      const other = wanting(others, reading);
      if (other) return this.turnTo(...other);
    }
    const [task, effects] = fill(mine && prepared(mine, reading), reading);
    if (mine && effects.some((one) => one.effect === "operation" && one["kind"] === "start") && (await server.reach.isAway())) return this.beginFrom(mine, raw, reading);
    if (!effects.some((effect) => effect.effect === "refused")) return this.act(task && withShown(task), effects);
    const more = isFromDevice && !away ? await server.read(raw) : null; // the server says more about what is wrong: where it belongs
    if (more) return this.put(raw, more, false);
    const other = mine && isFree(mine) ? wanting(others, reading) : null;
    if (other) return this.turnTo(...other);
    if (away && mine && isFree(mine) && first?.type === "document" && localTask(first)) return this.begin(first);
    return this.act(mine, effects);
  }

  async send(kind: string, slots: Record<string, unknown>, form: string | null, task: Task | null, about?: string | null): Promise<void> {
    const { screen, queue, who } = this.parts;
    if (REQUESTS.has(kind) && screen.view.away) screen.hint("keptHere");
    else if (REQUESTS.has(kind)) screen.set({ asking: true });
    const of = about !== undefined ? about : isLocal(task) ? null : (task?.id ?? null);
    await queue.add((seq) => ({
      op: uuid7(), seq, kind, task: kind === "start" || kind === "claim" ? null : of, form, slots, made_at: Date.now(),
      session: who.session?.id ?? "", schema: SCHEMA,
    }), task);
  }

  /** Without network, on a screen that takes anything: what is shown is closed, and an item is taken out of the bin that was shown. */
  private async beginFrom(shown: Task, raw: string, reading: Reading): Promise<void> {
    const place = shown.forms[0]?.info?.["location"];
    const value = reading.values.find((one) => localTask(one));
    await this.send("finish", {}, null, shown);
    await this.parts.held.goOn();
    if (value || typeof place !== "string") return this.begin(value ?? (reading.values[0] as Value), typeof place === "string" ? place : null);
    await this.begin({ type: "location", key: place });
    return this.put(raw, reading, false);
  }

  /** A scan was for another of the tasks that the device holds. */
  private async turnTo(task: Task, effects: Effect[]): Promise<void> {
    await this.parts.held.turnTo(task);
    await this.act(task, effects);
  }

  /** What the tasks do not know the device's own codes may; what they do not know either the server is asked. */
  private async understood(raw: string, reading: Reading): Promise<[Reading, boolean]> {
    const { held, server, told: { codes, labels } } = this.parts;
    const tasks = held.all();
    if (!mayBeKnown(reading, tasks)) return [reading, false];
    const own = await codes.read(raw, knownTo(tasks), labels);
    if (!mayBeKnown(own, held.all())) return [own, true];
    const told = await server.read(raw);
    if (told) return [told, false];
    return [isLocal(held.task) && (await codes.isEmpty()) ? asPlace(own) : own, true];
  }

  private async act(given: Task | null, effects: Effect[]): Promise<void> {
    const { screen, held } = this.parts;
    const task = given && withRest(given, effects);
    const asked = effects.find((effect) => effect.effect === "operation" || effect.effect === "start");
    if (asked?.effect === "operation") screen.set({ task }); // it is the queue that keeps it, in one transaction with the operation
    else if (task !== held.task) await held.keep(task, held.others);
    for (const effect of effects) {
      if (effect.effect === "operation") await this.operation(effect, task);
      if (effect.effect === "start") await this.begin(effect["value"] as Value);
      if (effect.effect === "refused") screen.refused(effect);
    }
    if (effects.some((effect) => effect.effect === "help")) return screen.set({ refusal: helpOf(task, screen.text, screen.say) });
    if (effects.some((effect) => effect.effect === "refused")) return;
    if (!asked) screen.good(effects.some((effect) => effect.effect === "again") ? "·" : "✓");
    const isEnded = effects.some((effect) => effect.effect === "operation" && effect["kind"] === "finish");
    const isComplete = isEnded || (effects.some((effect) => effect.effect === "complete") && !(task && currentForm(task)));
    if (isComplete && (screen.view.away || isLocal(task))) await held.goOn();
  }

  /** The server starts work; without network goods and pallets are moved and bins counted, and nothing else is begun. */
  private async begin(value: Value, place: string | null = null): Promise<void> {
    const { screen, held, server } = this.parts;
    if (!(await server.reach.isAway())) {
      if (isLocal(held.task)) await held.goOn();
      return this.send("start", { value }, null, null);
    }
    const task = localTask(value, place);
    const why = value.type === "item" ? "scanBinFirst" : "noNetworkForThis";
    if (!task) return screen.stop({ title: screen.text(why), scanned: String(value.name ?? value.key ?? ""), next: [] });
    await held.turnTo(task);
    screen.good("✓");
  }

  private async operation(effect: Effect, task: Task | null): Promise<void> {
    const kind = String(effect["kind"]);
    const { screen } = this.parts;
    if (isLocal(task) && kind === "finish") return;
    if (isLocal(task) && kind === "hand_over") return screen.stop({ title: screen.text("noNetworkForThis"), next: [] }); // nobody else knows of it yet
    if (isLocal(task) && kind === "undo") return this.parts.held.goOn(); // what was begun here is left, with nothing done
    await this.send(kind, effect["slots"] as Record<string, unknown>, (effect["form"] as string | null) ?? null, task);
    if (!REQUESTS.has(kind)) this.parts.screen.good("✓");
  }
}
