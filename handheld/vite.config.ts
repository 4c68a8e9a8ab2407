import { resolve } from "node:path";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: process.env["AISLE_CLIENT_OUT"] ?? "../server/static/client",
    emptyOutDir: true,
    target: "chrome80",
    modulePreload: false,
    rollupOptions: { input: { index: resolve(import.meta.dirname, "index.html"), dashboard: resolve(import.meta.dirname, "dashboard.html"), station: resolve(import.meta.dirname, "station.html"), fitness: resolve(import.meta.dirname, "fitness.html"), devices: resolve(import.meta.dirname, "devices.html"), labels: resolve(import.meta.dirname, "labels.html") } },
  },
});
