import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import { clamp, type Scale } from "./scale";

/**
 * The row (with a fraction) at the top of the window.
 *
 * Where a pixel of the bar stands for many rows, the wheel moves rows and takes the bar along;
 * dragging the bar moves rows by its fraction.
 */
export function useTop(scroller: RefObject<HTMLElement | null>, scale: Scale, rowHeight: number, furthest: number) {
  const [top, setTop] = useState(0);
  const set = useRef(0);
  const current = useRef(0);
  current.current = top;

  const go = useCallback(
    (wanted: number) => {
      const to = clamp(wanted, furthest);
      setTop(to);
      current.current = to;
      if (scroller.current) {
        scroller.current.scrollTop = scale.scrolled(to);
        set.current = scroller.current.scrollTop;
      }
    },
    [scroller, scale, furthest],
  );

  const onScroll = useCallback(() => {
    const scrolled = scroller.current?.scrollTop ?? 0;
    if (Math.abs(scrolled - set.current) < 1) return;
    set.current = scrolled;
    setTop(scale.top(scrolled));
  }, [scroller, scale]);

  useEffect(() => {
    const element = scroller.current;
    if (!element || !scale.squeezed) return;
    const wheel = (event: WheelEvent) => {
      if (event.shiftKey || event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * rowHeight : event.deltaY;
      go(current.current + pixels / rowHeight);
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [scroller, scale, rowHeight, go]);

  useLayoutEffect(() => {
    if (current.current > furthest) go(furthest);
  }, [furthest, go]);

  return { top, go, onScroll };
}
