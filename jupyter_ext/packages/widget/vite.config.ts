import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Built as an app, not as a library: that way the module is written without white space. It is one
// file, because a widget's module comes to the browser as text.
export default defineConfig({
  plugins: [react(), tailwind()],
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 1000,
    outDir: "../../../src/dip_sdk/jupyter/static",
    emptyOutDir: true,
    cssCodeSplit: false,
    modulePreload: false,
    rollupOptions: {
      input: "src/index.tsx",
      preserveEntrySignatures: "exports-only",
      output: {
        format: "es",
        entryFileNames: "panel.js",
        assetFileNames: "panel[extname]",
        codeSplitting: false,
      },
    },
  },
});
