import { createContext, useContext } from "react";

/** The panel's own element: menus open within it, so that its colours and styles hold there too. */
export const RootContext = createContext<HTMLElement | null>(null);

export function useRoot(): HTMLElement | null {
  return useContext(RootContext);
}
