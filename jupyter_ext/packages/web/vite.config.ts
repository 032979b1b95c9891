import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react(), tailwind()],
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 1000,
    outDir: "../../../src/dip_sdk/server/static",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the page's policy lets no data: address through
    modulePreload: { polyfill: false },
  },
});
