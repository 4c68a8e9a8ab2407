/** What the server answered to an operation, on the screen and in the tasks. */
import type { Task } from "../floor/types";
import type { Operation } from "../store/db";
import type { Result } from "../store/queue";
import { carried, emptied, takesAnything, withPending } from "./holding";
import type { Parts } from "./parts";
import { stepsOf, type Shift } from "./view";
import { isLocal } from "./withoutNetwork";

/** Refused, and nobody has done anything wrong. */
const NOTICES = new Set(["count_stale"]);
/** What was taken from a worker while the goods were in the hand already. */
const IN_HAND = new Set(["task_reassigned", "order_cancelled"]);

/** Taken note of, and not what was wanted. */
const NOT_SO = new Set(["wrong_collect_code", "no_more_tries"]);

export class Answers {
  constructor(private readonly parts: Parts) {}

  heard(operation: Operation, result: Result): void {
    const { screen } = this.parts;
    screen.set({ asking: false });
    const title = screen.say(result.message);
    if (result.status === "applied" || (result.status === "replayed" && result.first?.status !== "refused")) {
      if (result.task) void this.adopt(result.task, operation);
      this.tell(operation, result);
      if (result.next?.length) return screen.stop({ title, next: stepsOf(result, screen.say), isQuestion: true, mustStep: IN_HAND.has(result.code), task: operation.task });
      if (NOT_SO.has(result.code)) return screen.stop({ title, next: [] });
      if (title && title !== result.message.key) screen.good(title, result.message.key.endsWith("done"));
      return;
    }
    if (result.status === "stale") return;
    const hasNothing = operation.kind === "claim" && result.code === "nothing_to_do"; // asked for, not scanned wrongly
    screen.stop({ title, next: stepsOf(result, screen.say), isNotice: result.status === "late" || hasNothing || NOTICES.has(result.code) });
    void this.reload();
  }

  /** What an answer says of the shift, and why a task was given. */
  private tell(operation: Operation, result: Result): void {
    const { screen, who, queue } = this.parts;
    const shift = result.data?.["shift"];
    if (shift !== undefined) screen.set({ shift: shift as Shift | null });
    if (operation.kind === "claim" && result.task && result.message.key.startsWith("next.")) screen.set({ why: { task: result.task.id, message: result.message } });
    if (operation.kind === "shift_end" && queue.size <= 1) void who.signOut(); // the end itself is the last that waits
  }

  /** Whether the queue moves, on the screen; when it is empty, what it kept from being asked for is. */
  queueChanged(): void {
    const { screen, queue, who, held, told } = this.parts;
    if (queue.stuck === 401) void who.endSession(screen.text("sessionEnded"));
    if (queue.stuck !== null && screen.view.asking) {
      screen.set({ asking: false });
      screen.hint("keptHere");
    }
    screen.set({ queued: queue.size, stuck: queue.stuck });
    if (queue.size || !held.mustPull || screen.view.away) return;
    held.mustPull = false;
    void told.pull();
  }

  /** What an answer says of a task: of the one at hand, of another that the device holds, or of one that was just begun. */
  private async adopt(task: Task, operation: Operation): Promise<void> {
    const { held, queue, told } = this.parts;
    const isBegun = operation.kind === "start" || operation.kind === "claim";
    const isAtHand = task.id === held.task?.id;
    if (task.state === "done" || task.state === "cancelled" || task.state === "handed_over") {
      if (isAtHand) await held.goOn();
      else await held.keep(held.task, held.others.filter((one) => one.id !== task.id));
      void told.pull();
      return;
    }
    if (!isAtHand && (isLocal(held.task) || (!isBegun && held.task))) return; // the next pull brings it
    await held.turnTo(withPending(carried(held.all(), task), queue.pending(task.id)), takesAnything);
  }

  private async reload(): Promise<void> {
    const { screen, queue, told } = this.parts;
    if (queue.size) return;
    screen.view = { ...screen.view, task: screen.view.task && emptied(screen.view.task) };
    await told.pull();
  }
}
