import { readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { defineConfig } from "vite";
import { shell } from "./shell";

const here = import.meta.dirname;
/** Every page beside this file. */
const pages = readdirSync(here).filter((name) => name.endsWith(".html")).map((name) => [basename(name, ".html"), resolve(here, name)]);

export default defineConfig({
  base: "/",
  plugins: [shell()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: process.env["AISLE_CLIENT_OUT"] ?? "../server/static/client",
    emptyOutDir: true,
    target: "chrome80",
    modulePreload: false,
    rollupOptions: { input: Object.fromEntries(pages) as Record<string, string> },
  },
});
