/** What belongs to the handheld's shell is known when it is built: written into its worker, its page, and a file for the server. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";

const BESIDE = ["/able.js", "/icon.svg", "/manifest.webmanifest"];

interface Made {
  type: "chunk" | "asset";
  fileName: string;
  isEntry?: boolean;
  name?: string | undefined;
  imports?: string[];
  viteMetadata?: { importedCss?: Set<string> } | undefined;
}

/** The files that a page loads at once; what it loads later, such as the camera's, is not among them. */
export function shellOf(entry: string, bundle: Record<string, Made>): string[] {
  const found = new Set<string>();
  const take = (name: string): void => {
    const chunk = bundle[name];
    if (!chunk || found.has(name)) return;
    found.add(name);
    for (const sheet of chunk.viteMetadata?.importedCss ?? []) found.add(sheet);
    for (const other of chunk.imports ?? []) take(other);
  };
  take(entry);
  return [...found].sort();
}

/** What those files name and a page may load later, with all that this names in turn: kept when it was used once. */
export function laterOf(shell: string[], texts: Record<string, string>): string[] {
  const names = Object.keys(texts);
  const found = new Set<string>();
  const look = (name: string): void => {
    for (const other of names) {
      if (found.has(other) || shell.includes(other) || !texts[name]?.includes(other.replace(/^.*\//, ""))) continue;
      found.add(other);
      look(other);
    }
  };
  for (const name of shell) look(name);
  return [...found].sort();
}

export function shell(): Plugin {
  return {
    name: "aisle-shell",
    apply: "build",
    writeBundle(options, made) {
      const out = options.dir ?? "";
      const bundle = made as unknown as Record<string, Made>;
      const entry = Object.values(bundle).find((one) => one.type === "chunk" && one.isEntry && one.name === "index");
      if (!entry) return;
      const own = shellOf(entry.fileName, bundle);
      const texts = Object.fromEntries(Object.keys(bundle).filter((name) => name.startsWith("assets/")).map((name) => [name, /\.(js|css)$/.test(name) ? readFileSync(resolve(out, name), "utf8") : ""]));
      const files = [...own.map((name) => `/${name}`), ...BESIDE];
      const later = laterOf(own, texts).map((name) => `/${name}`);
      const page = resolve(out, "index.html");
      const digest = createHash("sha256").update(readFileSync(page));
      for (const path of files) digest.update(path).update(readFileSync(resolve(out, path.slice(1))));
      const build = digest.digest("hex").slice(0, 12);
      const change = (path: string, ...changes: [string, string][]): void =>
        writeFileSync(path, changes.reduce((text, [from, to]) => text.replace(from, () => to), readFileSync(path, "utf8")));
      change(page, ['name="build" content=""', `name="build" content="${build}"`]);
      change(resolve(out, "sw.js"), ['"__BUILD__"', JSON.stringify(build)], ['["__SHELL__"]', JSON.stringify(files)], ['["__LATER__"]', JSON.stringify(later)]);
      writeFileSync(resolve(out, "shell.json"), JSON.stringify({ build, files, later }));
    },
  };
}
