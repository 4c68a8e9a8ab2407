/** What a handheld is made of; each part does its own and asks the others. */
import type { Store } from "../store/db";
import type { Queue } from "../store/queue";
import type { Health } from "./health";
import type { Held } from "./held";
import type { Screen } from "./screen";
import type { Server } from "./server";
import type { Told } from "./told";
import type { Who } from "./who";

export interface Parts {
  readonly store: Store;
  readonly screen: Screen;
  readonly health: Health;
  readonly who: Who;
  readonly held: Held;
  readonly server: Server;
  readonly told: Told;
  readonly queue: Queue;
}
