import { useSyncExternalStore } from "react";

/** Whether what the panel stands on is dark: the notebook says so, else the browser's user. */
export function useDark(): boolean {
  return useSyncExternalStore(listen, isDark, () => false);
}

const wanted = () => window.matchMedia?.("(prefers-color-scheme: dark)");

function isDark(): boolean {
  const { body } = document;
  if (body.dataset["jpThemeLight"]) return body.dataset["jpThemeLight"] === "false";
  if (/\bvscode-(light|dark|high-contrast)/.test(body.className)) return !body.className.includes("light");
  return wanted()?.matches ?? false;
}

function listen(changed: () => void): () => void {
  const seen = new MutationObserver(changed);
  seen.observe(document.body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light"] });
  wanted()?.addEventListener("change", changed);
  return () => {
    seen.disconnect();
    wanted()?.removeEventListener("change", changed);
  };
}
