/** Pictures that the device keeps, in a database of their own: they may be lost at any time, and nothing that must not be lost waits for them. */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

interface Schema extends DBSchema {
  pictures: { key: string; value: { address: string; data: string; at: number }; indexes: { at: number } };
}

export class PictureStore {
  private db: Promise<IDBPDatabase<Schema>> | null = null;

  constructor(private readonly name = "aisle-pictures") {}

  async get(address: string): Promise<string | undefined> {
    return (await (await this.open()).get("pictures", address))?.data;
  }

  async keep(address: string, data: string): Promise<void> {
    await (await this.open()).put("pictures", { address, data, at: Date.now() });
  }

  /** All addresses, those first whose pictures have been here longest. */
  async addresses(): Promise<string[]> {
    return (await this.open()).getAllKeysFromIndex("pictures", "at");
  }

  async forget(addresses: string[]): Promise<void> {
    const tx = (await this.open()).transaction("pictures", "readwrite");
    await Promise.all([...addresses.map((address) => tx.store.delete(address)), tx.done]);
  }

  private open(): Promise<IDBPDatabase<Schema>> {
    this.db ??= openDB<Schema>(this.name, 1, {
      upgrade: (fresh) => void fresh.createObjectStore("pictures", { keyPath: "address" }).createIndex("at", "at"),
      terminated: () => { this.db = null; },
      blocking: (_now, _wanted, event) => {
        (event.target as IDBDatabase).close(); // whoever wipes the device does not wait for pictures
        this.db = null;
      },
    });
    return this.db;
  }
}
