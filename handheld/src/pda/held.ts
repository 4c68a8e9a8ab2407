/** The tasks that the device holds: the one at hand and those beside it, as the screen shows and the store keeps them. */
import { currentForm } from "../floor/fillTask";
import type { Task } from "../floor/types";
import type { Store } from "../store/db";
import type { Screen } from "./screen";
import { isLocal } from "./withoutNetwork";

export class Held {
  /** A task has ended here, and the server may have another one. */
  mustPull = false;

  constructor(
    private readonly store: Store,
    private readonly screen: Screen,
    readonly show: () => void,
    /** Hears of the tasks that are held, whenever they change. */
    private readonly kept: (tasks: Task[]) => void = () => undefined,
  ) {}

  get task(): Task | null {
    return this.screen.view.task;
  }

  get others(): Task[] {
    return this.screen.view.kept;
  }

  readonly all = (): Task[] => [...(this.task ? [this.task] : []), ...this.others];

  async keep(task: Task | null, others: Task[]): Promise<void> {
    this.screen.set({ task, kept: others });
    await this.store.keepTasks(task, others);
    this.kept(this.all());
  }

  /** A task comes to hand; the one that was there stays, unless it was begun here or is named as over. */
  async turnTo(task: Task, isOver: (before: Task) => boolean = isLocal): Promise<void> {
    const before = this.task && this.task.id !== task.id && !isOver(this.task) ? [this.task] : [];
    await this.keep(task, [...before, ...this.others].filter((one) => one.id !== task.id));
    this.show();
  }

  /** Another of the tasks that the device holds. */
  async other(): Promise<void> {
    const [first, ...rest] = this.others;
    if (first) await this.keep(first, [...rest, ...(this.task ? [this.task] : [])]);
    this.show();
  }

  /** After the task at hand the next one that the device holds. */
  async goOn(): Promise<void> {
    this.mustPull = true;
    const [next, ...rest] = this.others;
    await this.keep(next ?? null, rest);
    this.show();
  }

  /** The tasks as the device wrote them down: what it could not keep is not shown as done. One with nothing open ended as the device died. */
  async recall(): Promise<void> {
    const [task = null, ...kept] = (await this.store.tasks()).filter((one): one is Task => Boolean(one && currentForm(one)));
    this.screen.set({ task, kept });
  }
}
