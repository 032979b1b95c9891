import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// One module and one sheet, from which JupyterLab's own builder makes the extension: what the
// notebook has already (React, JupyterLab, Lumino) is left to it, and Vega to a part of its own.
export default defineConfig({
  plugins: [react(), tailwind()],
  build: {
    target: "es2022",
    outDir: "lib",
    emptyOutDir: true,
    minify: false,
    cssCodeSplit: false,
    lib: { entry: "src/index.tsx", formats: ["es"], fileName: "index", cssFileName: "panel" },
    rollupOptions: { external: [/^@jupyterlab\//, /^@lumino\//, /^react(-dom)?(\/|$)/, /^vega/] },
  },
});
